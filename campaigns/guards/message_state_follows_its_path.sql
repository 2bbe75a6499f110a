-- Only a message that failed, or was skipped because its address was marked as dead, may be queued again. Without
-- this a message that was sent could be sent a second time.
CREATE OR REPLACE FUNCTION message_state_follows_its_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('pending', 'claimed'), ('pending', 'skipped'),
        ('claimed', 'attempting'), ('claimed', 'pending'), ('claimed', 'skipped'),
        ('attempting', 'sent'), ('attempting', 'failed'), ('attempting', 'pending'),
        ('attempting', 'unknown'),
        ('unknown', 'pending'), ('unknown', 'sent'), ('unknown', 'failed'),
        ('failed', 'pending')
    ) AND NOT (OLD.state = 'skipped' AND OLD.error = 'address gone' AND NEW.state = 'pending')
    THEN
        RAISE EXCEPTION 'a message does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'message_state_follows_its_path';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER message_state_follows_its_path BEFORE UPDATE OF state ON campaigns_notification
    FOR EACH ROW EXECUTE FUNCTION message_state_follows_its_path();
