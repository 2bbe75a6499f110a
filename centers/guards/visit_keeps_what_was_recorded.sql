-- Measures are final; once the bleeding began the outcome is too. Without this measures could be changed
-- afterwards to fit the decision.
CREATE OR REPLACE FUNCTION visit_keeps_what_was_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.public_id, NEW.session_id, NEW.donor_id, NEW.arrived_at, NEW.arrived_by_id)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.session_id, OLD.donor_id, OLD.arrived_at, OLD.arrived_by_id)
        OR OLD.haemoglobin IS NOT NULL AND (NEW.haemoglobin, NEW.systolic, NEW.diastolic, NEW.pulse,
            NEW.weight, NEW.temperature, NEW.measured_at, NEW.measured_by_id) IS DISTINCT FROM (OLD.haemoglobin, OLD.systolic,
            OLD.diastolic, OLD.pulse, OLD.weight, OLD.temperature, OLD.measured_at, OLD.measured_by_id)
    THEN
        RAISE EXCEPTION 'a visit is corrected by a further row, never changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'visit_keeps_what_was_recorded';
    END IF;
    IF (NEW.outcome, NEW.decided_at, NEW.decided_by_id, NEW.deferred_for_id)
        IS DISTINCT FROM (OLD.outcome, OLD.decided_at, OLD.decided_by_id, OLD.deferred_for_id)
        AND (EXISTS (SELECT FROM centers_donation WHERE visit_id = OLD.id)
            OR EXISTS (SELECT FROM centers_bleeding WHERE visit_id = OLD.id))
    THEN
        RAISE EXCEPTION 'the needle was in already'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'needle_was_not_in_yet';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER visit_keeps_what_was_recorded BEFORE UPDATE ON centers_visit
    FOR EACH ROW EXECUTE FUNCTION visit_keeps_what_was_recorded();
