-- Counts the taken places of a slot; a place offered from the waiting list counts like a booked one, and so does one
-- given back that may still be taken back. Without this two people could be given the last place.
CREATE OR REPLACE FUNCTION appointment_takes_its_place() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held_before boolean := TG_OP = 'UPDATE'
        AND (OLD.state IN ('offered', 'booked', 'arrived') OR OLD.kept_until IS NOT NULL);
    holds_now boolean := NEW.state IN ('offered', 'booked', 'arrived') OR NEW.kept_until IS NOT NULL;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.slot_id, NEW.donor_id) IS DISTINCT FROM (OLD.slot_id, OLD.donor_id) THEN
        RAISE EXCEPTION 'an appointment is cancelled and made again, never moved'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'appointment_is_never_moved';
    END IF;
    IF holds_now AND NOT held_before THEN
        UPDATE centers_slot SET taken = taken + 1 WHERE id = NEW.slot_id;
    ELSIF held_before AND NOT holds_now THEN
        UPDATE centers_slot SET taken = taken - 1 WHERE id = NEW.slot_id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER appointment_takes_its_place AFTER INSERT OR UPDATE ON centers_appointment
    FOR EACH ROW EXECUTE FUNCTION appointment_takes_its_place();
