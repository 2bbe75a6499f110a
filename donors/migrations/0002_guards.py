from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""

NEVER_DELETED = """
CREATE FUNCTION refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""

DEFERRAL = """
CREATE FUNCTION deferral_keeps_what_was_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.donor_id, NEW.reason_id, NEW.permanent, NEW.starts_on, NEW.recorded_at)
        IS DISTINCT FROM (OLD.donor_id, OLD.reason_id, OLD.permanent, OLD.starts_on, OLD.recorded_at)
        OR NEW.ends_on IS DISTINCT FROM OLD.ends_on
        OR OLD.ended_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'a deferral is ended with a reason, never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""


def append_only(table: str) -> str:
    return f"""
    CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """


def never_deleted(table: str) -> str:
    return f"""
    CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_delete();
    """


class Migration(migrations.Migration):
    dependencies = [("donors", "0001_initial")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION refuse_change()"),
        migrations.RunSQL(NEVER_DELETED, "DROP FUNCTION refuse_delete()"),
        migrations.RunSQL(DEFERRAL, "DROP FUNCTION deferral_keeps_what_was_recorded()"),
        migrations.RunSQL(append_only("donors_accesslog"), migrations.RunSQL.noop),
        migrations.RunSQL(never_deleted("donors_donor"), migrations.RunSQL.noop),
        migrations.RunSQL(never_deleted("donors_deferral"), migrations.RunSQL.noop),
        migrations.RunSQL(never_deleted("donors_consent"), migrations.RunSQL.noop),
        migrations.RunSQL(
            """
            CREATE TRIGGER deferral_keeps_what_was_recorded BEFORE UPDATE ON donors_deferral
                FOR EACH ROW EXECUTE FUNCTION deferral_keeps_what_was_recorded();
            """,
            migrations.RunSQL.noop,
        ),
    ]
