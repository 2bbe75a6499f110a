-- Only a message that failed, or was skipped because its address was marked as dead, may be queued again. Without
-- this a message that was sent could be sent a second time. A report of the provider moves one that was sent to
-- failed, and one whose end was unknown to sent.
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
    AND NOT (OLD.state = 'sent' AND NEW.state = 'failed' AND EXISTS (
        SELECT 1 FROM campaigns_deliveryreport WHERE notification_id = NEW.id AND outcome = 'failed'))
    AND NOT ((OLD.state = 'pending' OR (OLD.state = 'failed' AND OLD.error LIKE 'unknown end%'))
        AND NEW.state = 'sent' AND EXISTS (
            SELECT 1 FROM campaigns_deliveryreport
            WHERE notification_id = NEW.id AND outcome IN ('delivered', 'accepted')))
    THEN
        RAISE EXCEPTION 'a message does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'message_state_follows_its_path';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER message_state_follows_its_path BEFORE UPDATE OF state ON campaigns_notification
    FOR EACH ROW EXECUTE FUNCTION message_state_follows_its_path();
