-- As campaigns/messaging/retention.py forgets. Without this nobody could tell afterwards who was asked and
-- informed, and who never was.
CREATE OR REPLACE FUNCTION message_is_kept_two_years() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.settled_at IS NULL OR OLD.settled_at > now() - interval '730 days' THEN
        RAISE EXCEPTION 'a message is kept for two years after it was settled'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'message_is_kept_two_years';
    END IF;
    RETURN OLD;
END
$$;

CREATE TRIGGER message_is_kept_two_years BEFORE DELETE ON campaigns_notification
    FOR EACH ROW EXECUTE FUNCTION message_is_kept_two_years();
