-- Reactive twice, in one version or over several, is final; anything else may be read again. Without this a
-- reactive donation could be read again until it is negative.
CREATE OR REPLACE FUNCTION repeat_clears_something_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest integer;
    readings integer;
    reactive integer;
BEGIN
    PERFORM FROM centers_donation WHERE id = NEW.donation_id FOR UPDATE;
    SELECT coalesce(max(version), 1) INTO latest FROM centers_repeat
        WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id;
    SELECT count(*) FILTER (WHERE version = latest), count(*) FILTER (WHERE outcome = 'reactive')
        INTO readings, reactive
        FROM centers_result WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id;
    IF reactive >= 2 THEN
        RAISE EXCEPTION 'two reactive readings are final'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'two_reactive_readings_are_final';
    END IF;
    IF NEW.version <> latest + 1 OR readings < 2 THEN
        RAISE EXCEPTION 'a repeat follows two readings'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'repeat_follows_two_readings';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER repeat_clears_something_up BEFORE INSERT ON centers_repeat
    FOR EACH ROW EXECUTE FUNCTION repeat_clears_something_up();
