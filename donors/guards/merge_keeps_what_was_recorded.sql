-- A merge can be taken back only from what it noted. Without this the two people could not be told apart
-- again.
CREATE OR REPLACE FUNCTION merge_keeps_what_was_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.undone_at IS NOT NULL
        OR (NEW.kept_id, NEW.gone_id, NEW.at, NEW.by_id, NEW.because, NEW.made)
            IS DISTINCT FROM (OLD.kept_id, OLD.gone_id, OLD.at, OLD.by_id, OLD.because, OLD.made)
    THEN
        RAISE EXCEPTION 'a merge is undone with a reason, never changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'merge_keeps_what_was_recorded';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER merge_keeps_what_was_recorded BEFORE UPDATE ON donors_merge
    FOR EACH ROW EXECUTE FUNCTION merge_keeps_what_was_recorded();
