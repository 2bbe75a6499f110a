from django.db import migrations

# The functions of before, word for word; the day is asked of the rows of donors_zoneoffset.
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
        AND NEW.collected_on <> morocco_day(now())
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

REACTIVE = """
CREATE OR REPLACE FUNCTION reactive_result_takes_effect() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    marker centers_marker%ROWTYPE;
    donation centers_donation%ROWTYPE;
    bag record;
    today date := morocco_day(now());
BEGIN
    SELECT * INTO donation FROM centers_donation WHERE id = NEW.donation_id;
    SELECT * INTO marker FROM centers_marker WHERE id = NEW.marker_id;
    PERFORM block_bags(NEW.donation_id, NEW.entered_by_id, 'screening', true);
    PERFORM recall_what_left(NEW.donation_id, NEW.entered_by_id, 'laboratory');
    IF NOT EXISTS (
        SELECT FROM centers_result WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id
            AND id <> NEW.id AND outcome = 'reactive'
    ) THEN
        RETURN NULL;
    END IF;
    FOR bag IN
        SELECT id, center_id FROM centers_bag WHERE donation_id = NEW.donation_id
            AND state = 'blocked' ORDER BY id FOR UPDATE
    LOOP
        INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)
        VALUES (bag.id, 0, 'blocked', 'discarded', bag.center_id, now(), NEW.entered_by_id, 'screening');
    END LOOP;
    INSERT INTO donors_deferral
        (donor_id, reason_id, permanent, starts_on, recorded_at, recorded_by_id, ended_because)
    SELECT donation.donor_id, r.id, r.kind = 'permanent', donation.collected_on, now(),
        NEW.entered_by_id, ''
    FROM donors_deferralreason r
    WHERE r.code = marker.deferral_code AND NOT EXISTS (
        SELECT FROM donors_deferral d JOIN donors_deferralreason s ON s.id = d.reason_id
        WHERE d.donor_id = donation.donor_id AND s.code = r.code AND d.ended_at IS NULL
            AND d.starts_on <= donation.collected_on AND d.ends_on IS NULL
    )
    ORDER BY r.valid_from <= today AND (r.valid_until IS NULL OR r.valid_until > today) DESC,
        r.valid_from DESC
    LIMIT 1;
    IF marker.look_back THEN
        INSERT INTO centers_lookback (donation_id, marker_id, opened_at)
        VALUES (NEW.donation_id, NEW.marker_id, now()) ON CONFLICT (donation_id, marker_id) DO NOTHING;
        PERFORM bars_take_the_bags(donation.donor_id, NEW.entered_by_id);
    END IF;
    RETURN NULL;
END
$$;
"""

BLEEDING = """
CREATE OR REPLACE FUNCTION bleeding_begins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    visit centers_visit%ROWTYPE;
    day date := morocco_day(NEW.started_at);
    why text;
BEGIN
    SELECT * INTO visit FROM centers_visit WHERE id = NEW.visit_id FOR UPDATE;
    PERFORM number_is_free(NEW.din, visit.session_id, NEW.visit_id);
    -- From paper it has happened already: the donation is kept with its conflict, its bags blocked.
    IF EXISTS (SELECT FROM centers_paperrecord WHERE visit_id = NEW.visit_id) THEN
        RETURN NEW;
    END IF;
    -- Two chairs at once queue for the one person, and a deferral that is being written comes first.
    PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT donor_kin(visit.donor_id)))
        ORDER BY id FOR UPDATE;
    why := CASE
        WHEN visit.outcome <> 'accepted' THEN 'visit not accepted'
        WHEN NEW.started_at < now() - interval '12 hours' THEN 'one of the past comes from paper'
        WHEN EXISTS (
            SELECT FROM centers_bleeding b JOIN centers_visit v ON v.id = b.visit_id
            WHERE v.donor_id IN (SELECT donor_kin(visit.donor_id)) AND b.visit_id <> NEW.visit_id
                AND b.ended_at IS NULL AND b.started_at > now() - interval '12 hours'
        ) THEN 'the needle is in elsewhere'
        WHEN broken_bound(visit, day) IS NOT NULL THEN 'a hard bound is broken'
        ELSE donation_conflict(visit.donor_id, day) END;
    IF why <> '' THEN
        RAISE EXCEPTION 'bleeding refused: %', why USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

BOUNDS = """
CREATE OR REPLACE FUNCTION visit_keeps_hard_bounds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken text := broken_bound(NEW, morocco_day(NEW.decided_at));
BEGIN
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'a hard bound is broken: %', broken
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

DUTY = """
CREATE OR REPLACE FUNCTION on_duty_holds_the_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM centers_session s JOIN centers_staff f ON f.center_id = s.center_id
        WHERE s.id = NEW.session_id AND f.user_id = NEW.user_id AND f.job = NEW.job
            AND f.since <= morocco_day(s.starts_at)
            AND (f.until IS NULL OR f.until > morocco_day(s.starts_at))
    ) THEN
        RAISE EXCEPTION 'on duty without the job' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

BAG = """
CREATE OR REPLACE FUNCTION bag_keeps_until(bag centers_bag) RETURNS timestamp with time zone LANGUAGE plpgsql STABLE AS $$
DECLARE
    parent centers_bag%ROWTYPE;
    part centers_recipepart%ROWTYPE;
    own timestamptz;
BEGIN
    SELECT morocco_midnight(bag.collected_on + shelf_life_days + 1)
        INTO own FROM centers_component WHERE code = bag.component_id;
    IF bag.made_from_id IS NULL THEN
        RETURN CASE WHEN EXISTS (SELECT FROM centers_kit WHERE component_id = bag.component_id)
            THEN own END;
    END IF;
    SELECT * INTO parent FROM centers_bag WHERE id = bag.made_from_id;
    SELECT p.* INTO part FROM centers_recipepart p JOIN centers_recipe r ON r.code = p.recipe_id
        WHERE r.of_id = parent.component_id AND p.makes_id = bag.component_id
        ORDER BY p.id LIMIT 1;
    IF NOT FOUND OR parent.state <> 'separated' OR parent.donation_id <> bag.donation_id
        OR bag.blood_group <> parent.blood_group
    THEN
        RETURN NULL;
    END IF;
    IF part.life_hours IS NOT NULL THEN
        RETURN least(parent.expires_at, bag.made_at + part.life_hours * interval '1 hour');
    END IF;
    RETURN CASE WHEN parent.opened_at IS NULL THEN own ELSE least(parent.expires_at, own) END;
END
$$;
"""

RULES = """
CREATE OR REPLACE FUNCTION visit_is_accepted_within_the_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text := donation_conflict(NEW.donor_id, morocco_day(NEW.decided_at));
BEGIN
    IF why <> '' AND NOT EXISTS (SELECT FROM centers_paperrecord WHERE visit_id = NEW.id) THEN
        RAISE EXCEPTION 'visit refused: %', why USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

LATE_DONATION = """
CREATE OR REPLACE FUNCTION late_donation_is_of_its_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM centers_session s WHERE s.id = NEW.session_id
            AND NEW.collected_on BETWEEN morocco_day(s.starts_at) - 1
                AND morocco_day(s.ends_at) + 1
            AND NEW.collected_on <= morocco_day(now())
    ) THEN
        RAISE EXCEPTION 'a donation is of a day of its session'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

ASKED = """
CREATE OR REPLACE FUNCTION visit_was_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheets integer;
    raised integer;
BEGIN
    SELECT count(*), coalesce(max(s.raised_count), 0) INTO sheets, raised FROM donors_sheet s
    WHERE s.donor_id IN (SELECT donor_kin(NEW.donor_id)) AND (
        s.day = morocco_day(NEW.decided_at)
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


CHANGED = (DONATION, REACTIVE, BLEEDING, BOUNDS, DUTY, BAG, RULES, LATE_DONATION, ASKED)


class Migration(migrations.Migration):
    dependencies = [("centers", "0032_guard_the_tube"), ("donors", "0030_one_clock")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in CHANGED]
