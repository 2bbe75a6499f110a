-- A recall of any cause: a doubt opens no second one, so this one may be all that follows what has left.
-- The rows of the person first: of a reading and a closing at once each sees the other.
-- Without this bags would be declared fit for use while nobody knows their group.
CREATE OR REPLACE FUNCTION use_waits_for_the_group() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person bigint := (SELECT donor_id FROM centers_donation WHERE id = NEW.donation_id);
BEGIN
    PERFORM person_is_held(person);
    IF group_in_doubt(person) THEN
        RAISE EXCEPTION 'the group of the donor is in doubt'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'use_waits_for_the_group';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER use_waits_for_the_group BEFORE UPDATE ON centers_recall
    FOR EACH ROW WHEN (
        OLD.verdict <> 'use' AND NEW.verdict = 'use'
    ) EXECUTE FUNCTION use_waits_for_the_group();
