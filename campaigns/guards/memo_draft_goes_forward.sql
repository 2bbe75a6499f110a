-- Each change of a draft is its next revision. Without this one of two writers would overwrite the other unseen,
-- and an issued draft would no longer show what was issued.
CREATE OR REPLACE FUNCTION memo_draft_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ends text[] := ARRAY['issued_id', 'discarded_at'];
BEGIN
    IF OLD.issued_id IS NOT NULL OR OLD.discarded_at IS NOT NULL THEN
        RAISE EXCEPTION 'the draft is over'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'memo_draft_is_over';
    ELSIF to_jsonb(NEW) - ends <> to_jsonb(OLD) - ends AND NEW.revision <> OLD.revision + 1 THEN
        RAISE EXCEPTION 'the draft has another text by now'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'memo_draft_was_changed_meanwhile';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER memo_draft_goes_forward BEFORE UPDATE ON campaigns_memodraft
    FOR EACH ROW EXECUTE FUNCTION memo_draft_goes_forward();
