from django.db import migrations

VISIT = """
-- What was measured stays; with the needle in, or a bag filled, nothing is decided any more.
CREATE FUNCTION visit_keeps_what_was_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.public_id, NEW.session_id, NEW.donor_id, NEW.arrived_at, NEW.arrived_by_id)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.session_id, OLD.donor_id, OLD.arrived_at, OLD.arrived_by_id)
        OR OLD.haemoglobin IS NOT NULL AND (NEW.haemoglobin, NEW.systolic, NEW.diastolic, NEW.pulse,
            NEW.weight, NEW.temperature) IS DISTINCT FROM (OLD.haemoglobin, OLD.systolic,
            OLD.diastolic, OLD.pulse, OLD.weight, OLD.temperature)
    THEN
        RAISE EXCEPTION 'a visit is corrected by a further row, never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.outcome, NEW.decided_at, NEW.decided_by_id, NEW.deferred_for_id)
        IS DISTINCT FROM (OLD.outcome, OLD.decided_at, OLD.decided_by_id, OLD.deferred_for_id)
        AND (EXISTS (SELECT FROM centers_donation WHERE visit_id = OLD.id)
            OR EXISTS (SELECT FROM centers_bleeding WHERE visit_id = OLD.id))
    THEN
        RAISE EXCEPTION 'the needle was in already' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER visit_keeps_what_was_recorded BEFORE UPDATE ON centers_visit
    FOR EACH ROW EXECUTE FUNCTION visit_keeps_what_was_recorded();
CREATE TRIGGER centers_visit_is_never_deleted BEFORE DELETE ON centers_visit
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE FUNCTION visit_is_accepted_within_the_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text := donation_conflict(NEW.donor_id, (NEW.decided_at AT TIME ZONE 'Africa/Casablanca')::date);
BEGIN
    IF why <> '' AND NOT EXISTS (SELECT FROM centers_paperrecord WHERE visit_id = NEW.id) THEN
        RAISE EXCEPTION 'visit refused: %', why USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER visit_is_accepted_within_the_rules BEFORE INSERT OR UPDATE OF outcome ON centers_visit
    FOR EACH ROW WHEN (NEW.outcome = 'accepted') EXECUTE FUNCTION visit_is_accepted_within_the_rules();

CREATE FUNCTION session_keeps_its_centre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a session keeps its centre' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER session_keeps_its_centre BEFORE UPDATE OF id, center_id ON centers_session
    FOR EACH ROW WHEN ((NEW.id, NEW.center_id) IS DISTINCT FROM (OLD.id, OLD.center_id))
    EXECUTE FUNCTION session_keeps_its_centre();
"""

# Donations and deferrals of a person stand under several rows once these were joined.
DONATION = """
CREATE OR REPLACE FUNCTION donation_conflict(person bigint, given_on date) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    donor donors_donor%ROWTYPE;
    rows bigint[] := ARRAY(SELECT donor_kin(person));
    bound record;
BEGIN
    SELECT * INTO donor FROM donors_donor WHERE id = person;
    IF donor.birth_date + interval '18 years' > given_on THEN
        RETURN 'donor under 18';
    END IF;
    IF EXISTS (
        SELECT FROM donors_deferral
        WHERE donor_id = ANY (rows) AND ended_at IS NULL AND starts_on <= given_on
            AND (ends_on IS NULL OR ends_on > given_on)
    ) THEN
        RETURN 'donor deferred';
    END IF;
    FOR bound IN
        SELECT criterion, value FROM donors_criterion
        WHERE in_use AND criterion IN ('INTERVAL', 'MAX_PER_YEAR') AND sex IN (donor.sex, 'any')
            AND donation_type = 'whole_blood' AND valid_from <= given_on
            AND (valid_until IS NULL OR valid_until > given_on)
    LOOP
        IF bound.criterion = 'INTERVAL' AND EXISTS (
            SELECT FROM centers_donation
            WHERE donor_id = ANY (rows) AND abs(collected_on - given_on) < bound.value
        ) THEN
            RETURN 'interval not over';
        END IF;
        IF bound.criterion = 'MAX_PER_YEAR' AND (
            SELECT count(*) FROM centers_donation WHERE donor_id = ANY (rows)
                AND collected_on > given_on - 365 AND collected_on <= given_on
        ) >= bound.value THEN
            RETURN 'yearly limit reached';
        END IF;
    END LOOP;
    RETURN '';
END
$$;

CREATE FUNCTION late_donation_is_of_its_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM centers_session s WHERE s.id = NEW.session_id
            AND NEW.collected_on BETWEEN (s.starts_at AT TIME ZONE 'Africa/Casablanca')::date - 1
                AND (s.ends_at AT TIME ZONE 'Africa/Casablanca')::date + 1
            AND NEW.collected_on <= (now() AT TIME ZONE 'Africa/Casablanca')::date
    ) THEN
        RAISE EXCEPTION 'a donation is of a day of its session'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER late_donation_is_of_its_session BEFORE INSERT ON centers_donation
    FOR EACH ROW WHEN (NEW.mode <> 'online') EXECUTE FUNCTION late_donation_is_of_its_session();
"""

# What decides over blood comes with a release of the product, loaded from its files; never by hand.
REFERENCE = """
CREATE FUNCTION reference_row_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb;
BEGIN
    IF current_setting('app.reference', true) = 'loading' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO changed FROM jsonb_each(to_jsonb(NEW))
        WHERE value IS DISTINCT FROM to_jsonb(OLD) -> key
            AND key NOT IN ('name_ar', 'name_fr', 'name_en', 'source', 'note', 'verified', 'position');
        IF changed = '{}' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % come from the files of a release', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['marker', 'compatibility', 'component', 'kit', 'recipe', 'recipepart'] LOOP
        EXECUTE format('CREATE TRIGGER reference_row_stands BEFORE INSERT OR UPDATE OR DELETE'
            ' ON centers_%s FOR EACH ROW EXECUTE FUNCTION reference_row_stands()', name);
    END LOOP;
END
$$;
"""

# Whatever is never deleted row by row is not emptied at once either.
NEVER_EMPTIED = """
DO $$
DECLARE
    kept regclass;
BEGIN
    FOR kept IN
        SELECT DISTINCT t.tgrelid::regclass FROM pg_trigger t
        WHERE t.tgfoid IN ('refuse_change'::regproc, 'refuse_delete'::regproc)
            AND NOT EXISTS (SELECT FROM pg_trigger e WHERE e.tgrelid = t.tgrelid AND e.tgtype & 32 <> 0)
    LOOP
        EXECUTE format('CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0023_guard_bad_news"), ("donors", "0022_guard_columns")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (VISIT, DONATION, REFERENCE, NEVER_EMPTIED)
    ]
