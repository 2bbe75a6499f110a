-- Answers point at a question by version and code. Without this the words could change under an answer
-- that was given to other ones.
CREATE OR REPLACE FUNCTION question_was_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.version, NEW.code, NEW.sex, NEW.reason, NEW.asks_when)
        IS DISTINCT FROM (OLD.version, OLD.code, OLD.sex, OLD.reason, OLD.asks_when)
        OR ((NEW.text_ar, NEW.text_fr, NEW.text_en)
                IS DISTINCT FROM (OLD.text_ar, OLD.text_fr, OLD.text_en)
            AND EXISTS (SELECT FROM donors_sheet WHERE version = OLD.version))
    THEN
        RAISE EXCEPTION 'a question that was asked is changed by a new version'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'asked_question_is_changed_by_a_new_version';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER question_was_asked BEFORE UPDATE ON donors_question
    FOR EACH ROW EXECUTE FUNCTION question_was_asked();
