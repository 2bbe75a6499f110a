-- Without this a unit's answer to a memo could be changed after others had planned with it.
CREATE OR REPLACE FUNCTION addressee_keeps_what_was_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.memo_id, NEW.unit_id, NEW.sent_at) IS DISTINCT FROM (OLD.memo_id, OLD.unit_id, OLD.sent_at)
        OR OLD.seen_at IS NOT NULL AND NEW.seen_at IS DISTINCT FROM OLD.seen_at
        OR OLD.acknowledged_at IS NOT NULL AND (NEW.acknowledged_at, NEW.acknowledged_by_id)
            IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by_id)
        OR OLD.answer <> '' AND
            (NEW.answer, NEW.answered_at, NEW.answered_by_id, NEW.planned_on, NEW.expected_donors, NEW.because)
            IS DISTINCT FROM
            (OLD.answer, OLD.answered_at, OLD.answered_by_id, OLD.planned_on, OLD.expected_donors, OLD.because)
    THEN
        RAISE EXCEPTION 'what a unit saw, acknowledged and answered does not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'addressee_keeps_what_was_said';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER addressee_keeps_what_was_said BEFORE UPDATE ON campaigns_addressee
    FOR EACH ROW EXECUTE FUNCTION addressee_keeps_what_was_said();
