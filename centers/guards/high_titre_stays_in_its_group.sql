-- Plasma and platelets of group O with strong haemolysins destroy red cells of other groups. Without this they
-- could be issued to such patients.
CREATE OR REPLACE FUNCTION high_titre_stays_in_its_group() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    family text;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id;
    SELECT c.family INTO family FROM centers_component c WHERE c.code = bag.component_id;
    IF bag.blood_group LIKE 'O%' AND NEW.recipient_group NOT LIKE 'O%' AND family <> 'red_cells'
        AND EXISTS (SELECT FROM donations_in_bag(bag.id) d WHERE donation_titre(d) <> 'low')
    THEN
        RAISE EXCEPTION 'high titre stays in its group'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'high_titre_stays_in_its_group';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER high_titre_stays_in_its_group BEFORE INSERT ON centers_issue
    FOR EACH ROW EXECUTE FUNCTION high_titre_stays_in_its_group();
