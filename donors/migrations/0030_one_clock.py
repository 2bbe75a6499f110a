from django.db import migrations

from donors.clock import zone_offsets

# Seconds since 1970 and whole days: no zone file of the database server is read, whatever it holds.
CLOCK = """
CREATE TABLE donors_zoneoffset (
    since bigint PRIMARY KEY,
    since_wall bigint NOT NULL UNIQUE,
    seconds integer NOT NULL CHECK (seconds BETWEEN -86400 AND 86400)
);

-- Rules read these rows, bad news too: they change while a release loads them and are never gone.
CREATE FUNCTION zone_rows_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('app.reference', true) = 'loading' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the clock of Morocco changes with a release only'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER zone_rows_stand BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON donors_zoneoffset
    FOR EACH STATEMENT EXECUTE FUNCTION zone_rows_stand();

-- The day in Morocco of an instant.
CREATE FUNCTION morocco_day(instant timestamptz) RETURNS date LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    epoch numeric := extract(epoch FROM instant);
    added integer;
BEGIN
    SELECT seconds INTO added FROM donors_zoneoffset WHERE since <= epoch ORDER BY since DESC LIMIT 1;
    IF added IS NULL THEN
        RAISE EXCEPTION 'the clock of Morocco is not loaded' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN date '1970-01-01' + floor((epoch + added) / 86400)::integer;
END
$$;

-- The instant at which a day begins in Morocco.
CREATE FUNCTION morocco_midnight(on_day date) RETURNS timestamptz LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    wall bigint := (on_day - date '1970-01-01') * 86400::bigint;
    added integer;
BEGIN
    SELECT seconds INTO added FROM donors_zoneoffset WHERE since_wall <= wall
        ORDER BY since_wall DESC LIMIT 1;
    IF added IS NULL THEN
        RAISE EXCEPTION 'the clock of Morocco is not loaded' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN to_timestamp(wall - added);
END
$$;
"""

POLICY = """
CREATE OR REPLACE FUNCTION policy_version_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := morocco_day(now());
    changed jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- Loading the reference files again meets the same version: the unique key settles that.
        EXECUTE format('SELECT to_jsonb(count(*)) FROM %I WHERE code = $1', TG_TABLE_NAME)
            || ' AND NOT EXISTS (SELECT FROM ' || quote_ident(TG_TABLE_NAME)
            || ' WHERE code = $1 AND valid_from = $2)'
            INTO changed USING NEW.code, NEW.valid_from;
        IF changed::int > 0 AND NEW.valid_from <= today THEN
            RAISE EXCEPTION 'a new version of % begins on a day to come', NEW.code
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    -- Wording and sources may be bettered; what decided about people may not.
    SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO changed
    FROM jsonb_each(to_jsonb(NEW))
    WHERE value IS DISTINCT FROM to_jsonb(OLD) -> key
        AND key NOT IN ('name_ar', 'name_fr', 'name_en', 'source', 'note', 'verified',
                        'authority', 'criterion', 'donation_type', 'counts_from');
    IF changed = '{}' OR (changed - 'valid_until' = '{}' AND OLD.valid_until IS NULL
                          AND NEW.valid_until > today) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of % is ended on a day to come, never changed', OLD.code
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""


def load(apps, schema_editor) -> None:
    zone_offsets.load(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("donors", "0022_guard_columns")]
    operations = [
        migrations.RunSQL(CLOCK, migrations.RunSQL.noop),
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunSQL(POLICY, migrations.RunSQL.noop),
    ]
