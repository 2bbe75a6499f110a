-- Without this what a machine said could be changed, a decision about it taken back, or a reactive result be put aside
-- by somebody who is no doctor.
CREATE OR REPLACE FUNCTION held_reading_is_settled_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.settled_at IS NOT NULL THEN
        RAISE EXCEPTION 'a held reading is settled once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'held_reading_is_settled_once';
    END IF;
    IF NEW.result_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM centers_result r JOIN centers_donation d ON d.id = r.donation_id
        WHERE r.id = NEW.result_id AND d.din = NEW.din AND r.marker_id = NEW.marker_id
            AND r.outcome = NEW.outcome
    ) THEN
        RAISE EXCEPTION 'a held reading is settled by a reading that says the same'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'held_reading_becomes_the_same';
    END IF;
    IF OLD.outcome = 'reactive' AND NEW.settled_at IS NOT NULL AND NEW.result_id IS NULL
        AND NOT holds_job(NEW.settled_by_id, OLD.center_id, ARRAY['doctor'], NEW.settled_at)
    THEN
        RAISE EXCEPTION 'a doctor decides about a reactive result'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'doctor_settles_a_reactive_reading';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER held_reading_is_settled_once BEFORE UPDATE ON centers_heldreading
    FOR EACH ROW EXECUTE FUNCTION held_reading_is_settled_once();
