-- The first release sets the donor's group, under a lock on the person, so that the second of two concurrent
-- releases sees the first. Without this two first releases with different groups would both pass.
CREATE OR REPLACE FUNCTION person_waits_for_the_release() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person bigint := (SELECT d.donor_id FROM centers_donation d JOIN centers_bag b
        ON b.donation_id = d.id WHERE b.id = NEW.bag_id);
BEGIN
    PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT linked_donor_rows(person)))
        ORDER BY id FOR NO KEY UPDATE;
    RETURN NEW;
END
$$;

CREATE TRIGGER a_person_waits_for_the_release BEFORE INSERT ON centers_movement
    FOR EACH ROW WHEN (
        NEW.from_state IN ('quarantined', 'blocked') AND NEW.to_state IN ('released', 'available')
    ) EXECUTE FUNCTION person_waits_for_the_release();
