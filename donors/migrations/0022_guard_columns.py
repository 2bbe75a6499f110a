from django.db import migrations

DEFERRAL = """
CREATE OR REPLACE FUNCTION deferral_keeps_what_was_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.donor_id, NEW.reason_id, NEW.permanent, NEW.starts_on, NEW.ends_on,
            NEW.recorded_at, NEW.recorded_by_id, NEW.copy_of_id)
        IS DISTINCT FROM
        (OLD.id, OLD.donor_id, OLD.reason_id, OLD.permanent, OLD.starts_on, OLD.ends_on,
            OLD.recorded_at, OLD.recorded_by_id, OLD.copy_of_id)
        OR OLD.ended_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'a deferral is ended with a reason, never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

# The rules that the database itself asks look a bound up by these two.
CRITERION = """
CREATE FUNCTION criterion_keeps_its_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a criterion keeps what it bounds' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER criterion_keeps_its_subject BEFORE UPDATE ON donors_criterion
    FOR EACH ROW WHEN (
        (NEW.code, NEW.criterion, NEW.donation_type, NEW.operator)
        IS DISTINCT FROM (OLD.code, OLD.criterion, OLD.donation_type, OLD.operator)
    ) EXECUTE FUNCTION criterion_keeps_its_subject();
"""


class Migration(migrations.Migration):
    dependencies = [("donors", "0021_unit_guards")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (DEFERRAL, CRITERION)]
