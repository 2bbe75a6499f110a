-- Without this a file could be taken from, or slipped into, a memo that units have read.
CREATE OR REPLACE FUNCTION memo_files_stay_with_their_text() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM campaigns_memodraft
        WHERE id IN (OLD.memodraft_id, NEW.memodraft_id) AND (issued_id IS NOT NULL OR discarded_at IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'the draft is over'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'memo_draft_is_over';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER memo_files_stay_with_their_text BEFORE INSERT OR UPDATE OR DELETE ON campaigns_memodraft_files
    FOR EACH ROW EXECUTE FUNCTION memo_files_stay_with_their_text();
