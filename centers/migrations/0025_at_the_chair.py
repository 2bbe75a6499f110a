from django.db import migrations, models

# What counts of a measure: as recorded first, or as last corrected.
MEASURES = """
CREATE FUNCTION measured(the_visit bigint, the_field text, recorded numeric) RETURNS numeric
LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT c."now"::numeric FROM centers_correction c
        WHERE c.visit_id = the_visit AND c.field = the_field ORDER BY c.id DESC LIMIT 1
    ), recorded)
$$;

-- The bounds that no doctor overrides: what stays between the others and the doctor is a warning.
CREATE FUNCTION broken_bound(visit centers_visit, day date) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT c.code FROM donors_criterion c JOIN donors_donor d ON d.id = visit.donor_id
    WHERE c.in_use AND c.sex IN ('any', d.sex) AND c.donation_type IN ('any', 'whole_blood')
        AND c.valid_from <= day AND (c.valid_until IS NULL OR c.valid_until > day)
        AND (
            c.criterion = 'HAEMOGLOBIN' AND c.operator = '>='
                AND measured(visit.id, 'haemoglobin', visit.haemoglobin) < c.value
            OR c.criterion = 'WEIGHT' AND c.operator = '>='
                AND measured(visit.id, 'weight', visit.weight) < c.value
            OR c.criterion = 'BP_SYSTOLIC' AND c.operator = '<='
                AND measured(visit.id, 'systolic', visit.systolic) > c.value
            OR c.criterion = 'BP_DIASTOLIC' AND c.operator = '<='
                AND measured(visit.id, 'diastolic', visit.diastolic) > c.value
            OR c.criterion = 'TEMPERATURE' AND c.operator = '<='
                AND measured(visit.id, 'temperature', visit.temperature) > c.value
        )
    LIMIT 1
$$;
"""

# Of the day or of the last hours: an evening of Ramadan passes midnight. A yes that was given once
# waits for the doctor, whatever a later sheet says.
QUESTIONS = """
CREATE OR REPLACE FUNCTION visit_was_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheets integer;
    raised integer;
BEGIN
    SELECT count(*), coalesce(max(s.raised_count), 0) INTO sheets, raised FROM donors_sheet s
    WHERE s.donor_id IN (SELECT donor_kin(NEW.donor_id)) AND (
        s.day = (NEW.decided_at AT TIME ZONE 'Africa/Casablanca')::date
        OR s.filled_at BETWEEN NEW.decided_at - interval '12 hours' AND NEW.decided_at
    );
    IF sheets = 0 THEN
        RAISE EXCEPTION 'questionnaire of the day is missing'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF raised > 0 AND NEW.cleared_by_id IS NULL THEN
        RAISE EXCEPTION 'a doctor has to look at the answers'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

# With the needle in there is a bag: whatever came up since is kept beside it, and blocks it.
DONATION = """
CREATE OR REPLACE FUNCTION donation_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text;
    visit centers_visit%ROWTYPE;
BEGIN
    PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT donor_kin(NEW.donor_id)))
        ORDER BY id FOR UPDATE;
    SELECT * INTO visit FROM centers_visit WHERE id = NEW.visit_id;
    IF visit.donor_id <> NEW.donor_id OR visit.session_id <> NEW.session_id THEN
        RAISE EXCEPTION 'the visit belongs to another donor or session'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (SELECT center_id FROM centers_session WHERE id = NEW.session_id) <> NEW.center_id THEN
        RAISE EXCEPTION 'the session belongs to another centre'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.mode = 'online'
        AND NEW.collected_on <> (now() AT TIME ZONE 'Africa/Casablanca')::date
    THEN
        RAISE EXCEPTION 'an online entry is of today'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    why := CASE WHEN visit.outcome <> 'accepted' THEN 'visit not accepted'
        ELSE donation_conflict(NEW.donor_id, NEW.collected_on) END;
    IF why <> '' AND NEW.mode = 'online'
        AND NOT EXISTS (SELECT FROM centers_bleeding WHERE visit_id = NEW.visit_id)
    THEN
        RAISE EXCEPTION 'donation refused: %', why USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.conflict := why;
    RETURN NEW;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0024_guard_rows")]
    operations = [
        migrations.RemoveConstraint("donation", "conflict_only_in_late_entries"),
        migrations.AddField(
            "visit", "warned", models.BooleanField(default=False, db_default=False)
        ),
        migrations.AlterField(
            "donation", "conflict", models.CharField(blank=True, db_default="", max_length=200)
        ),
        *(
            migrations.RunSQL(sql, migrations.RunSQL.noop)
            for sql in (MEASURES, QUESTIONS, DONATION)
        ),
    ]
