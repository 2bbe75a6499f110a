-- Without this the text that units answered could be rewritten without a version that tells it.
CREATE OR REPLACE FUNCTION memo_changes_by_a_version_only() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_version text[] := ARRAY[
        'urgency', 'subject_ar', 'subject_fr', 'subject_en', 'body_ar', 'body_fr', 'body_en', 'slogan', 'reports',
        'deadline_at', 'must_be_read'
    ];
    of_memo text[] := of_version || ARRAY['version', 'changed_at', 'withdrawn_at'];
    last campaigns_memoversion;
BEGIN
    SELECT * INTO last FROM campaigns_memoversion WHERE memo_id = NEW.id ORDER BY number DESC LIMIT 1;
    IF to_jsonb(NEW) - of_memo <> to_jsonb(OLD) - of_memo
        OR last.number <= OLD.version
        OR NEW.version <> last.number
        OR EXISTS (
            SELECT FROM unnest(of_version) field WHERE to_jsonb(NEW)->field <> to_jsonb(last)->field
        )
        OR NEW.withdrawn_at IS DISTINCT FROM (CASE WHEN last.kind = 'ended' THEN last.at END)
        OR NEW.changed_at IS DISTINCT FROM (
            CASE WHEN last.kind = 'amended' THEN last.at ELSE OLD.changed_at END
        )
    THEN
        RAISE EXCEPTION 'a memo changes by its next version only'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'memo_changes_by_a_version_only';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER memo_changes_by_a_version_only BEFORE UPDATE ON campaigns_memo
    FOR EACH ROW EXECUTE FUNCTION memo_changes_by_a_version_only();
