-- Without this a unit's answer to a memo could be changed after others had planned with it, or an answer
-- be lost: one that ends is among the past answers, and none ends while its campaign is agreed.
CREATE OR REPLACE FUNCTION addressee_keeps_what_was_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.memo_id, NEW.unit_id, NEW.sent_at, NEW.forwarded_from_id, NEW.forwarded_by_id)
            IS DISTINCT FROM
            (OLD.memo_id, OLD.unit_id, OLD.sent_at, OLD.forwarded_from_id, OLD.forwarded_by_id)
        OR OLD.seen_at IS NOT NULL AND NEW.seen_at IS DISTINCT FROM OLD.seen_at
        OR OLD.acknowledged_at IS NOT NULL AND (NEW.acknowledged_at, NEW.acknowledged_by_id)
            IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by_id)
        OR OLD.passed_to_id IS NOT NULL AND (NEW.passed_to_id, NEW.answer)
            IS DISTINCT FROM (OLD.passed_to_id, OLD.answer)
    THEN
        RAISE EXCEPTION 'what a unit saw and acknowledged does not change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'addressee_keeps_what_was_said';
    END IF;
    IF OLD.answer <> '' AND
        (NEW.answer, NEW.answered_at, NEW.answered_by_id, NEW.planned_on, NEW.expected_donors, NEW.because,
            NEW.on_behalf)
        IS DISTINCT FROM
        (OLD.answer, OLD.answered_at, OLD.answered_by_id, OLD.planned_on, OLD.expected_donors, OLD.because,
            OLD.on_behalf)
    THEN
        IF EXISTS (SELECT FROM campaigns_campaign
            WHERE addressee_id = OLD.id AND state IN ('agreed', 'confirmed', 'running')) THEN
            RAISE EXCEPTION 'the campaign of this answer is agreed'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'agreed_answer_stands';
        END IF;
        IF NEW.answered_at IS NOT DISTINCT FROM OLD.answered_at OR NOT EXISTS (
            SELECT FROM campaigns_pastanswer WHERE addressee_id = OLD.id
                AND (answer, answered_at, answered_by_id, planned_on, expected_donors, because, on_behalf)
                IS NOT DISTINCT FROM (OLD.answer, OLD.answered_at, OLD.answered_by_id, OLD.planned_on,
                    OLD.expected_donors, OLD.because, OLD.on_behalf)
        ) THEN
            RAISE EXCEPTION 'an answer that ends is kept among the past answers'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'addressee_keeps_what_was_said';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER addressee_keeps_what_was_said BEFORE UPDATE ON campaigns_addressee
    FOR EACH ROW EXECUTE FUNCTION addressee_keeps_what_was_said();
