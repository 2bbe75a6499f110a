-- Without this a command that has ended could be taken up again without the two who approve it.
CREATE OR REPLACE FUNCTION command_is_over_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.user_id, NEW.unit_id, NEW.since) IS DISTINCT FROM (OLD.user_id, OLD.unit_id, OLD.since)
        OR OLD.until IS NOT NULL AND NEW.until IS NULL
        OR OLD.until <= morocco_day(now()) AND NEW.until IS DISTINCT FROM OLD.until
    THEN
        RAISE EXCEPTION 'a command that has ended is over; a new one is asked for'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'command_is_over_for_good';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER command_is_over_for_good BEFORE UPDATE ON donors_officer
    FOR EACH ROW EXECUTE FUNCTION command_is_over_for_good();
