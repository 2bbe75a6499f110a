from django.db import migrations

RESULT = """
CREATE OR REPLACE FUNCTION result_is_a_second_reading() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    marker centers_marker%ROWTYPE;
    other centers_result%ROWTYPE;
BEGIN
    PERFORM FROM centers_donation WHERE id = NEW.donation_id FOR UPDATE;
    SELECT * INTO marker FROM centers_marker WHERE id = NEW.marker_id;
    IF NOT (CASE
        WHEN marker.kind = 'infection' THEN NEW.outcome IN ('negative', 'reactive')
        WHEN marker.code = 'ABO' THEN NEW.outcome IN ('O', 'A', 'B', 'AB')
        ELSE NEW.outcome IN ('negative', 'positive')
    END) THEN
        RAISE EXCEPTION '% is no outcome of %', NEW.outcome, marker.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.version <> (
        SELECT coalesce(max(version), 1) FROM centers_repeat
        WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id
    ) THEN
        RAISE EXCEPTION 'this version of a result is not open'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT * INTO other FROM centers_result
        WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id
            AND version = NEW.version AND entry <> NEW.entry;
    IF FOUND AND other.entered_by_id = NEW.entered_by_id THEN
        RAISE EXCEPTION 'both entries of a result are by the same person'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF marker.kind = 'group' AND (NEW.technique = '' OR NEW.lot = '') THEN
        RAISE EXCEPTION 'a group determination names its technique and reagent lot'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- Good news only: bad news may come from anybody.
    IF NEW.outcome <> 'reactive' AND EXISTS (
        SELECT FROM centers_movement m JOIN centers_bag b ON b.id = m.bag_id
        WHERE b.donation_id = NEW.donation_id AND m.by_id = NEW.entered_by_id
            AND m.from_state IN ('quarantined', 'blocked') AND m.to_state = 'available'
    ) THEN
        RAISE EXCEPTION 'who released a bag reads nothing of it afterwards'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

-- Reactive twice, in one version or over several: that is final. Anything else may be read again.
CREATE FUNCTION repeat_clears_something_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest integer;
    readings integer;
    reactive integer;
BEGIN
    PERFORM FROM centers_donation WHERE id = NEW.donation_id FOR UPDATE;
    SELECT coalesce(max(version), 1) INTO latest FROM centers_repeat
        WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id;
    SELECT count(*) FILTER (WHERE version = latest), count(*) FILTER (WHERE outcome = 'reactive')
        INTO readings, reactive
        FROM centers_result WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id;
    IF reactive >= 2 THEN
        RAISE EXCEPTION 'two reactive readings are final'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.version <> latest + 1 OR readings < 2 THEN
        RAISE EXCEPTION 'a repeat follows two readings'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER repeat_clears_something_up BEFORE INSERT ON centers_repeat
    FOR EACH ROW EXECUTE FUNCTION repeat_clears_something_up();
CREATE TRIGGER centers_repeat_is_append_only BEFORE UPDATE OR DELETE ON centers_repeat
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What is read again is in doubt: nothing of it stays in stock, and what left is called back.
CREATE FUNCTION repeat_takes_the_bags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM block_bags(NEW.donation_id, NEW.asked_by_id, 'screening', false);
    PERFORM recall_what_left(NEW.donation_id, NEW.asked_by_id, 'laboratory');
    RETURN NULL;
END
$$;
CREATE TRIGGER repeat_takes_the_bags AFTER INSERT ON centers_repeat
    FOR EACH ROW EXECUTE FUNCTION repeat_takes_the_bags();
"""

# Bad news always commits: nothing in here may refuse it. The deferral is by the reason in force today,
# else by its last version.
REACTIVE = """
CREATE OR REPLACE FUNCTION reactive_result_takes_effect() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    marker centers_marker%ROWTYPE;
    donation centers_donation%ROWTYPE;
    bag record;
    today date := (now() AT TIME ZONE 'Africa/Casablanca')::date;
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

# A deferral that reaches back to a donation, or two rows joined of which one is deferred.
DEFERRAL = """
CREATE FUNCTION bars_take_the_bags(person bigint, who bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT d.id FROM centers_donation d
        WHERE d.donor_id IN (SELECT donor_kin(person))
            AND (deferral_covers(d.donor_id, d.collected_on) OR look_back_is_open(d.donor_id))
        ORDER BY d.id
    LOOP
        PERFORM block_bags(given.id, who, 'deferral', false);
    END LOOP;
    FOR given IN
        SELECT d.id FROM centers_donation d
        WHERE d.donor_id IN (SELECT donor_kin(person)) AND deferral_covers(d.donor_id, d.collected_on)
        ORDER BY d.id
    LOOP
        PERFORM recall_what_left(given.id, who, 'deferral');
    END LOOP;
END
$$;

CREATE FUNCTION deferral_takes_the_bags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT code FROM donors_deferralreason WHERE id = NEW.reason_id) <> 'MA-INTERVAL' THEN
        PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT donor_kin(NEW.donor_id)))
            ORDER BY id FOR KEY SHARE;
        PERFORM bars_take_the_bags(NEW.donor_id, NEW.recorded_by_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER deferral_takes_the_bags AFTER INSERT ON donors_deferral
    FOR EACH ROW EXECUTE FUNCTION deferral_takes_the_bags();

CREATE FUNCTION joining_takes_the_bags() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rows bigint[] := ARRAY(SELECT donor_kin(NEW.id));
    who bigint := (SELECT by_id FROM donors_merge WHERE gone_id = NEW.id ORDER BY id DESC LIMIT 1);
BEGIN
    PERFORM bars_take_the_bags(NEW.id, who);
    INSERT INTO centers_recall (public_id, donation_id, look_back_id, cause, because, opened_at,
        opened_by_id, outcome, verdict)
    SELECT DISTINCT ON (d.id) gen_random_uuid(), d.id, l.id, 'look_back', 'look_back', now(), who, '', ''
    FROM centers_lookback l JOIN centers_donation i ON i.id = l.donation_id
        JOIN centers_donation d ON d.donor_id = ANY (rows) AND d.id <> i.id
            AND d.collected_on <= i.collected_on AND d.collected_on > i.collected_on - 365
    WHERE i.donor_id = ANY (rows) AND l.closed_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM centers_recall r WHERE r.donation_id = d.id
            AND (r.closed_at IS NULL OR r.look_back_id = l.id))
    ORDER BY d.id, l.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER joining_takes_the_bags AFTER UPDATE OF merged_into_id ON donors_donor
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION joining_takes_the_bags();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0022_guard_papers")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (RESULT, REACTIVE, DEFERRAL)
    ]
