-- Versions are added one after another by administrators; a new deadline and a withdrawal keep the text. The lock
-- makes the second of two at once see the first. Without this a unit could be told of two texts in force, and one
-- person alone could send words that oblige people to give.
CREATE OR REPLACE FUNCTION memo_version_is_next() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    memo campaigns_memo;
    last campaigns_memoversion;
    why text;
BEGIN
    SELECT * INTO memo FROM campaigns_memo WHERE id = NEW.memo_id FOR UPDATE;
    SELECT * INTO last FROM campaigns_memoversion WHERE memo_id = NEW.memo_id ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(last.number, 0) + 1;
    IF NEW.kind IN ('deadline', 'ended') THEN
        NEW.urgency := memo.urgency;
        NEW.subject_ar := memo.subject_ar;
        NEW.subject_fr := memo.subject_fr;
        NEW.subject_en := memo.subject_en;
        NEW.body_ar := memo.body_ar;
        NEW.body_fr := memo.body_fr;
        NEW.body_en := memo.body_en;
        NEW.slogan := memo.slogan;
        NEW.reports := memo.reports;
        NEW.must_be_read := memo.must_be_read;
        IF NEW.kind = 'ended' THEN
            NEW.deadline_at := memo.deadline_at;
        END IF;
    END IF;
    why := CASE
        WHEN (NEW.kind = 'issued') <> (NEW.number = 1) THEN 'memo_begins_with_a_version'
        WHEN memo.withdrawn_at IS NOT NULL THEN 'memo_is_in_force'
        WHEN NEW.at < last.at THEN 'memo_version_follows_the_last'
        WHEN NOT EXISTS (SELECT FROM donors_user WHERE id = NEW.by_id AND is_administrator)
            THEN 'administrator_writes_a_memo'
        WHEN NEW.kind <> 'ended' AND EXISTS (
            SELECT FROM campaigns_operation WHERE id = memo.operation_id AND closed_at IS NOT NULL
        ) THEN 'operation_is_open'
        WHEN NEW.kind <> 'ended' AND NEW.deadline_at <= NEW.at THEN 'memo_deadline_follows_its_issue'
        WHEN NEW.kind IN ('issued', 'amended') AND NEW.must_be_read AND NOT EXISTS (
            SELECT FROM campaigns_memoreading reading
            WHERE reading.digest = memo_words(to_jsonb(NEW)) AND reading.by_id <> NEW.by_id
        ) THEN 'memo_is_read_by_another'
    END;
    IF why <> '' THEN
        RAISE EXCEPTION 'this is not the next version of the memo'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = why;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER memo_version_is_next BEFORE INSERT ON campaigns_memoversion
    FOR EACH ROW EXECUTE FUNCTION memo_version_is_next();
