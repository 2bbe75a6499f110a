-- An alarm is chased until it is answered or its bag moved on. Without this one could be entered as answered, or
-- an answered one be turned into another.
CREATE OR REPLACE FUNCTION alarm_is_answered_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.answered_at IS NOT NULL OR NEW.ended_at IS NOT NULL OR NEW.told_count <> 0 THEN
            RAISE EXCEPTION 'an alarm begins unanswered'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'alarm_begins_unanswered';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.public_id, NEW.kind, NEW.bag_id, NEW.hospital_id, NEW.issue_id, NEW.recall_id, NEW.made_at)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.kind, OLD.bag_id, OLD.hospital_id, OLD.issue_id, OLD.recall_id, OLD.made_at)
        OR OLD.answered_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at
        OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at
        OR NEW.told_count < OLD.told_count
    THEN
        RAISE EXCEPTION 'an alarm keeps what it is about, and is answered once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'alarm_is_answered_once';
    END IF;
    IF NEW.answered_at IS NOT NULL AND OLD.answered_at IS NULL
        AND NOT EXISTS (SELECT FROM centers_alarmanswer WHERE alarm_id = NEW.id AND answer <> 'missing')
    THEN
        RAISE EXCEPTION 'an alarm is answered by an answer'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'alarm_is_answered_by_an_answer';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER alarm_is_answered_once BEFORE INSERT OR UPDATE ON centers_bagalarm
    FOR EACH ROW EXECUTE FUNCTION alarm_is_answered_once();
