-- Without this what was sent to one person could be shown as sent to another, or for another cause. Only a message
-- by notification or WhatsApp whose way was found closed goes by another way of the same person.
CREATE OR REPLACE FUNCTION message_keeps_its_receiver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.channel IN ('push', 'whatsapp') AND NEW.state = 'pending'
        AND (OLD.state = 'attempting' OR OLD.state = 'failed' AND OLD.channel = 'whatsapp' AND EXISTS (
            SELECT 1 FROM campaigns_deliveryreport WHERE notification_id = OLD.id AND outcome = 'failed'))
        AND (NEW.id, NEW.kind, NEW.cause, NEW.recipient, NEW.subject_id, NEW.donor_id, NEW.user_id,
            NEW.request_id, NEW.hospital_id, NEW.wave_id, NEW.made_at)
        IS NOT DISTINCT FROM
        (OLD.id, OLD.kind, OLD.cause, OLD.recipient, OLD.subject_id, OLD.donor_id, OLD.user_id,
            OLD.request_id, OLD.hospital_id, OLD.wave_id, OLD.made_at)
        AND EXISTS (SELECT 1 FROM donors_contact c
            WHERE c.id = NEW.contact_id AND c.donor_id = NEW.donor_id AND c.channel = NEW.channel)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a message keeps its receiver and its cause'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'message_keeps_its_receiver';
END
$$;

CREATE TRIGGER message_keeps_its_receiver BEFORE UPDATE ON campaigns_notification
    FOR EACH ROW WHEN (
        (NEW.id, NEW.kind, NEW.cause, NEW.recipient, NEW.subject_id, NEW.donor_id, NEW.user_id,
            NEW.request_id, NEW.hospital_id, NEW.contact_id, NEW.wave_id, NEW.channel, NEW.made_at)
        IS DISTINCT FROM
        (OLD.id, OLD.kind, OLD.cause, OLD.recipient, OLD.subject_id, OLD.donor_id, OLD.user_id,
            OLD.request_id, OLD.hospital_id, OLD.contact_id, OLD.wave_id, OLD.channel, OLD.made_at)
    ) EXECUTE FUNCTION message_keeps_its_receiver();
