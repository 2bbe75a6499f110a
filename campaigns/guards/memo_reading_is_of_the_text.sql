-- A reading names the text that was read. Without this somebody could vouch for a text changed meanwhile.
CREATE OR REPLACE FUNCTION memo_reading_is_of_the_text() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    draft campaigns_memodraft;
BEGIN
    SELECT * INTO draft FROM campaigns_memodraft WHERE id = NEW.draft_id FOR UPDATE;
    IF draft.revision <> NEW.revision THEN
        RAISE EXCEPTION 'the draft has another text by now'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'memo_draft_was_changed_meanwhile';
    ELSIF draft.issued_id IS NOT NULL OR draft.discarded_at IS NOT NULL THEN
        RAISE EXCEPTION 'the draft is over'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'memo_draft_is_over';
    ELSIF NOT EXISTS (SELECT FROM donors_user WHERE id = NEW.by_id AND is_administrator) THEN
        RAISE EXCEPTION 'an administrator reads a memo before it is issued'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'administrator_writes_a_memo';
    END IF;
    NEW.digest := memo_words(to_jsonb(draft));
    RETURN NEW;
END
$$;

CREATE TRIGGER memo_reading_is_of_the_text BEFORE INSERT ON campaigns_memoreading
    FOR EACH ROW EXECUTE FUNCTION memo_reading_is_of_the_text();
