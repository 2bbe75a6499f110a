-- Without this a message could be written in as sent, and somebody be counted as informed who never was.
CREATE OR REPLACE FUNCTION message_begins_waiting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.state <> 'pending' OR NEW.attempts <> 0 OR NEW.provider_id <> '') AND NOT session_is_owner()
    THEN
        RAISE EXCEPTION 'a message begins waiting to be sent'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'message_begins_waiting';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER message_begins_waiting BEFORE INSERT ON campaigns_notification
    FOR EACH ROW EXECUTE FUNCTION message_begins_waiting();
