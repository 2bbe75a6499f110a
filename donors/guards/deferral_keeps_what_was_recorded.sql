-- A deferral is evidence. Without this it could be shortened or moved to another person, and nobody would
-- see that a bag was given while it ran.
CREATE OR REPLACE FUNCTION deferral_keeps_what_was_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.donor_id, NEW.reason_id, NEW.permanent, NEW.starts_on, NEW.ends_on,
            NEW.recorded_at, NEW.recorded_by_id, NEW.copy_of_id)
        IS DISTINCT FROM
        (OLD.id, OLD.donor_id, OLD.reason_id, OLD.permanent, OLD.starts_on, OLD.ends_on,
            OLD.recorded_at, OLD.recorded_by_id, OLD.copy_of_id)
        OR OLD.ended_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'a deferral is ended with a reason, never changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deferral_keeps_what_was_recorded';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER deferral_keeps_what_was_recorded BEFORE UPDATE ON donors_deferral
    FOR EACH ROW EXECUTE FUNCTION deferral_keeps_what_was_recorded();
