from django.db import migrations

# The row lock of the UPDATE is what makes two people queue for the last place.
PLACE = """
CREATE FUNCTION appointment_takes_its_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held_before boolean := TG_OP = 'UPDATE' AND OLD.state IN ('booked', 'arrived');
    holds_now boolean := NEW.state IN ('booked', 'arrived');
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.slot_id, NEW.donor_id) IS DISTINCT FROM (OLD.slot_id, OLD.donor_id) THEN
        RAISE EXCEPTION 'an appointment is cancelled and made again, never moved'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF holds_now AND NOT held_before THEN
        UPDATE centers_slot SET taken = taken + 1 WHERE id = NEW.slot_id;
    ELSIF held_before AND NOT holds_now THEN
        UPDATE centers_slot SET taken = taken - 1 WHERE id = NEW.slot_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER appointment_takes_its_place AFTER INSERT OR UPDATE ON centers_appointment
    FOR EACH ROW EXECUTE FUNCTION appointment_takes_its_place();
CREATE TRIGGER centers_appointment_is_never_deleted BEFORE DELETE ON centers_appointment
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
"""

COUNTED = """
CREATE FUNCTION slot_counts_its_appointments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.taken <> 0
        OR TG_OP = 'UPDATE' AND NEW.taken <> OLD.taken AND pg_trigger_depth() < 2
    THEN
        RAISE EXCEPTION 'the places taken are counted from the appointments'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER slot_counts_its_appointments BEFORE INSERT OR UPDATE ON centers_slot
    FOR EACH ROW EXECUTE FUNCTION slot_counts_its_appointments();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0002_initial"), ("donors", "0002_guards")]
    operations = [
        migrations.RunSQL(PLACE, migrations.RunSQL.noop),
        migrations.RunSQL(COUNTED, migrations.RunSQL.noop),
    ]
