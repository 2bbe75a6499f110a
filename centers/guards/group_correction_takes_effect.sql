-- Every bag of the person labelled with another group was labelled wrongly. Without this they would stay in stock.
CREATE OR REPLACE FUNCTION group_correction_takes_effect() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person bigint;
    given record;
BEGIN
    SELECT donor_id INTO person FROM centers_donation WHERE id = NEW.donation_id;
    UPDATE donors_donor SET blood_group = group_of_the_person(NEW.donation_id, NEW.after)
        WHERE id IN (SELECT linked_donor_rows(person)) AND blood_group = NEW.before;
    FOR given IN
        SELECT d.id FROM centers_donation d
        WHERE d.donor_id IN (SELECT linked_donor_rows(person)) AND d.id <> NEW.donation_id AND EXISTS (
            SELECT FROM centers_bag b
            WHERE b.donation_id = d.id AND b.blood_group NOT IN ('', NEW.after)
        )
        ORDER BY d.id
    LOOP
        PERFORM block_bags(given.id, NEW.by_id, 'screening', true);
        PERFORM recall_what_left(given.id, NEW.by_id, 'laboratory');
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER group_correction_takes_effect AFTER INSERT ON centers_groupcorrection
    FOR EACH ROW EXECUTE FUNCTION group_correction_takes_effect();
