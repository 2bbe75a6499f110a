-- Without this a deferred donor could be accepted without a doctor's override, or an accepted one be deferred on
-- record while giving.
CREATE OR REPLACE FUNCTION visit_keeps_its_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.outcome = 'accepted'
        AND EXISTS (SELECT FROM centers_bleeding WHERE visit_id = OLD.id)
    THEN
        RAISE EXCEPTION 'the needle was in already'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'needle_was_not_in_yet';
    END IF;
    -- Deferred at reception, before any measuring: the visit starts again with questions and measures.
    IF OLD.outcome = 'deferred'
        AND NOT (NEW.outcome = 'accepted' AND EXISTS (SELECT FROM centers_override WHERE visit_id = OLD.id))
        AND NOT (NEW.outcome = '' AND OLD.haemoglobin IS NULL AND OLD.deferred_for_id IS NULL)
    THEN
        RAISE EXCEPTION 'the deferral has no override of a doctor'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deferral_is_overridden_by_a_doctor';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER visit_keeps_its_outcome BEFORE UPDATE OF outcome ON centers_visit
    FOR EACH ROW WHEN (
        OLD.outcome IS DISTINCT FROM NEW.outcome
    ) EXECUTE FUNCTION visit_keeps_its_outcome();
