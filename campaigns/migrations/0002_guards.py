from django.db import migrations

MEMO = """
CREATE TRIGGER campaigns_memo_is_immutable BEFORE UPDATE OR DELETE ON campaigns_memo
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER campaigns_addressee_is_never_deleted BEFORE DELETE ON campaigns_addressee
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
CREATE TRIGGER campaigns_appeal_is_never_deleted BEFORE DELETE ON campaigns_appeal
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE FUNCTION addressee_keeps_what_was_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.memo_id, NEW.unit_id, NEW.sent_at) IS DISTINCT FROM (OLD.memo_id, OLD.unit_id, OLD.sent_at)
        OR OLD.seen_at IS NOT NULL AND NEW.seen_at IS DISTINCT FROM OLD.seen_at
        OR OLD.acknowledged_at IS NOT NULL AND NEW.acknowledged_at IS DISTINCT FROM OLD.acknowledged_at
        OR OLD.answer <> '' AND NEW.answer <> OLD.answer
    THEN
        RAISE EXCEPTION 'what a unit saw, acknowledged and answered stands'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER addressee_keeps_what_was_said BEFORE UPDATE ON campaigns_addressee
    FOR EACH ROW EXECUTE FUNCTION addressee_keeps_what_was_said();
"""

MESSAGE = """
CREATE FUNCTION message_state_follows_its_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('pending', 'claimed'), ('pending', 'skipped'),
        ('claimed', 'attempting'), ('claimed', 'pending'), ('claimed', 'skipped'),
        ('attempting', 'sent'), ('attempting', 'failed'), ('attempting', 'pending'),
        ('attempting', 'unknown'),
        ('unknown', 'pending'), ('unknown', 'sent'), ('unknown', 'failed')
    ) THEN
        RAISE EXCEPTION 'a message does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER message_state_follows_its_path BEFORE UPDATE OF state ON campaigns_notification
    FOR EACH ROW EXECUTE FUNCTION message_state_follows_its_path();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("centers", "0006_guard_results")]
    operations = [
        migrations.RunSQL(MEMO, migrations.RunSQL.noop),
        migrations.RunSQL(MESSAGE, migrations.RunSQL.noop),
    ]
