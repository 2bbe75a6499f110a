-- A label is changed only to the group that the bag's own readings prove, by a person who did not read them.
-- Without this a wrong label could be set by hand.
CREATE OR REPLACE FUNCTION relabelling_is_founded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    person bigint;
BEGIN
    SELECT donor_id INTO person FROM centers_donation WHERE id = (
        SELECT donation_id FROM centers_bag WHERE id = NEW.bag_id) FOR SHARE;
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id FOR UPDATE;
    IF bag.state <> 'blocked' OR bag.blood_group <> NEW.before OR group_in_doubt(person)
        OR NEW.after <> determined_group(bag.donation_id) OR NEW.after <> group_on_record(person)
        OR EXISTS (
            SELECT FROM centers_result r JOIN centers_marker m ON m.id = r.marker_id AND m.kind = 'group'
            WHERE r.donation_id = bag.donation_id AND r.entered_by_id = NEW.by_id
        )
    THEN
        RAISE EXCEPTION 'a held bag is relabelled by its own readings'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'held_bag_is_relabelled_by_its_own_readings';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER relabelling_is_founded BEFORE INSERT ON centers_relabelling
    FOR EACH ROW EXECUTE FUNCTION relabelling_is_founded();
