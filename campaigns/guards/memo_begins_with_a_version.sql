-- Every memo has its first version, also one that another program issued. Without this the text that units were
-- first told of could be asked for and not be found.
CREATE OR REPLACE FUNCTION memo_begins_with_a_version() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.version <> 1 OR NEW.changed_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'a memo is issued before it is changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'memo_begins_with_a_version';
    END IF;
    INSERT INTO campaigns_memoversion (
        memo_id, number, kind, at, by_id, because, urgency, subject_ar, subject_fr, subject_en,
        body_ar, body_fr, body_en, slogan, reports, deadline_at, must_be_read
    ) VALUES (
        NEW.id, 1, 'issued', NEW.issued_at, NEW.issued_by_id, '', NEW.urgency, NEW.subject_ar, NEW.subject_fr,
        NEW.subject_en, NEW.body_ar, NEW.body_fr, NEW.body_en, NEW.slogan, NEW.reports, NEW.deadline_at,
        NEW.must_be_read
    );
    RETURN NULL;
END
$$;

CREATE TRIGGER memo_begins_with_a_version AFTER INSERT ON campaigns_memo
    FOR EACH ROW EXECUTE FUNCTION memo_begins_with_a_version();
