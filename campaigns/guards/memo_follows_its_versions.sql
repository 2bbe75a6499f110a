-- The memo shows its latest version. Without this units would go on reading the text before.
CREATE OR REPLACE FUNCTION memo_follows_its_versions() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE campaigns_memo SET
        urgency = NEW.urgency, subject_ar = NEW.subject_ar, subject_fr = NEW.subject_fr,
        subject_en = NEW.subject_en, body_ar = NEW.body_ar, body_fr = NEW.body_fr, body_en = NEW.body_en,
        slogan = NEW.slogan, reports = NEW.reports, deadline_at = NEW.deadline_at,
        must_be_read = NEW.must_be_read, version = NEW.number,
        changed_at = CASE WHEN NEW.kind = 'amended' THEN NEW.at ELSE changed_at END,
        withdrawn_at = CASE WHEN NEW.kind = 'ended' THEN NEW.at END
        WHERE id = NEW.memo_id AND NEW.number > 1;
    RETURN NULL;
END
$$;

CREATE TRIGGER memo_follows_its_versions AFTER INSERT ON campaigns_memoversion
    FOR EACH ROW EXECUTE FUNCTION memo_follows_its_versions();
