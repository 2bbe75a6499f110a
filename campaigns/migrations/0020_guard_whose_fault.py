from django.db import migrations

# Back on its way only what failed, or what was skipped because its address had been called dead.
MESSAGE = """
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
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

STOP = """
CREATE TRIGGER campaigns_channelstop_is_never_deleted BEFORE DELETE ON campaigns_channelstop
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
CREATE TRIGGER campaigns_contactrelease_is_immutable
    BEFORE UPDATE OR DELETE ON campaigns_contactrelease
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION stop_keeps_what_happened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.channel, NEW.reason, NEW.code, NEW.since)
        IS DISTINCT FROM (OLD.channel, OLD.reason, OLD.code, OLD.since)
        OR OLD.ended_at IS NOT NULL
            AND (NEW.ended_at, NEW.ended_by_id) IS DISTINCT FROM (OLD.ended_at, OLD.ended_by_id)
    THEN
        RAISE EXCEPTION 'why and how long a channel stopped is never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER stop_keeps_what_happened BEFORE UPDATE ON campaigns_channelstop
    FOR EACH ROW EXECUTE FUNCTION stop_keeps_what_happened();
"""

# Rows of before keep the provider's number, so that one bad hour may be told from another.
CODES = """
UPDATE campaigns_notification
    SET code = CASE WHEN channel = 'sms' THEN 'http ' ELSE 'smtp ' END
        || substring(error FROM '[0-9]{3}$')
    WHERE state = 'failed' AND error ~ '^(gateway said|recipient refused:) [0-9]{3}$';
UPDATE donors_contact c SET failed_code = n.code
    FROM (SELECT DISTINCT ON (contact_id) contact_id, code FROM campaigns_notification
        WHERE state = 'failed' AND code <> '' AND contact_id IS NOT NULL
        ORDER BY contact_id, settled_at DESC) n
    WHERE n.contact_id = c.id AND c.failed_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0020_whose_fault")]
    operations = [
        migrations.RunSQL(MESSAGE, migrations.RunSQL.noop),
        migrations.RunSQL(STOP, migrations.RunSQL.noop),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
    ]
