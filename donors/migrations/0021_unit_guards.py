from django.db import migrations

# The unit is locked while it is looked at: a closing that is not yet committed is waited for, so that
# it and a newcomer never pass each other.
PEOPLE = """
CREATE OR REPLACE FUNCTION unit_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed date;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.unit_id = OLD.unit_id AND NEW.until IS NOT NULL
            AND NEW.until <= coalesce(OLD.until, 'infinity')
        THEN
            RETURN NEW;
        END IF;
    END IF;
    SELECT closed_on INTO closed FROM donors_unit WHERE id = NEW.unit_id FOR SHARE;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'a closed unit gets no new people'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER membership_stays_with_an_open_unit
    BEFORE UPDATE OF unit_id, until ON donors_membership
    FOR EACH ROW EXECUTE FUNCTION unit_is_open();
CREATE TRIGGER officer_stays_with_an_open_unit
    BEFORE UPDATE OF unit_id, until ON donors_officer
    FOR EACH ROW EXECUTE FUNCTION unit_is_open();
"""

CLOSED = """
CREATE FUNCTION closed_unit_is_empty() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unit donors_unit%ROWTYPE;
    above date;
BEGIN
    SELECT * INTO unit FROM donors_unit WHERE id = NEW.id;
    IF unit.closed_on IS NULL THEN
        SELECT closed_on INTO above FROM donors_unit WHERE id = unit.parent_id FOR SHARE;
        IF above IS NOT NULL THEN
            RAISE EXCEPTION 'no open unit stands under a closed one'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF EXISTS (SELECT FROM donors_unit WHERE parent_id = unit.id AND closed_on IS NULL)
        OR EXISTS (SELECT FROM donors_membership WHERE unit_id = unit.id
                   AND (until IS NULL OR until > unit.closed_on))
        OR EXISTS (SELECT FROM donors_officer WHERE unit_id = unit.id
                   AND (until IS NULL OR until > unit.closed_on AND until > since))
    THEN
        RAISE EXCEPTION 'a closed unit is empty: its people and open units go first'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER closed_unit_is_empty
    AFTER INSERT OR UPDATE OF closed_on, parent_id ON donors_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION closed_unit_is_empty();
"""

INVITATION = """
CREATE FUNCTION approved_invitation_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_by_id = NEW.user_id AND OLD.approved_at IS NULL THEN
        RAISE EXCEPTION 'nobody approves their own command'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.approved_at IS NOT NULL AND (
        (NEW.unit_id, NEW.email, NEW.replaces_id, NEW.asked_at, NEW.asked_by_id, NEW.approved_at,
         NEW.approved_by_id, NEW.user_id, NEW.expires_at)
            IS DISTINCT FROM
        (OLD.unit_id, OLD.email, OLD.replaces_id, OLD.asked_at, OLD.asked_by_id, OLD.approved_at,
         OLD.approved_by_id, OLD.user_id, OLD.expires_at)
        OR OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at
        OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS DISTINCT FROM OLD.dropped_at)
    THEN
        RAISE EXCEPTION 'an approved invitation stands as it is and is answered once'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER approved_invitation_stands BEFORE UPDATE ON donors_invitation
    FOR EACH ROW EXECUTE FUNCTION approved_invitation_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("donors", "0020_units")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (PEOPLE, CLOSED, INVITATION)
    ]
