from django.db import migrations

RESULT = """
CREATE FUNCTION result_is_a_second_reading() RETURNS trigger LANGUAGE plpgsql AS $$
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
    SELECT * INTO other FROM centers_result
        WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id AND entry <> NEW.entry;
    IF FOUND AND other.entered_by_id = NEW.entered_by_id THEN
        RAISE EXCEPTION 'both entries of a result are by the same person'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF marker.kind = 'group' AND (NEW.technique = '' OR NEW.lot = '') THEN
        RAISE EXCEPTION 'a group determination names its technique and reagent lot'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER result_is_a_second_reading BEFORE INSERT ON centers_result
    FOR EACH ROW EXECUTE FUNCTION result_is_a_second_reading();
CREATE TRIGGER centers_result_is_append_only BEFORE UPDATE OR DELETE ON centers_result
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER centers_result_is_never_emptied BEFORE TRUNCATE ON centers_result
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# Bad news always commits: one reactive entry blocks the bags at once, the second makes it final.
REACTIVE = """
CREATE FUNCTION reactive_result_takes_effect() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    marker centers_marker%ROWTYPE;
    donation centers_donation%ROWTYPE;
    bag record;
    final boolean;
BEGIN
    SELECT * INTO donation FROM centers_donation WHERE id = NEW.donation_id;
    SELECT * INTO marker FROM centers_marker WHERE id = NEW.marker_id;
    final := EXISTS (
        SELECT FROM centers_result WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id
            AND entry <> NEW.entry AND outcome = 'reactive'
    );
    FOR bag IN
        SELECT id, state, center_id FROM centers_bag WHERE donation_id = NEW.donation_id
            AND state IN ('quarantined', 'available', 'reserved', 'in_transit', 'issued')
        ORDER BY id
    LOOP
        INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)
        VALUES (bag.id, 0, bag.state, 'blocked', bag.center_id, now(), NEW.entered_by_id, 'screening');
    END LOOP;
    IF final THEN
        FOR bag IN
            SELECT id, center_id FROM centers_bag WHERE donation_id = NEW.donation_id
                AND state = 'blocked' ORDER BY id
        LOOP
            INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)
            VALUES (bag.id, 0, 'blocked', 'discarded', bag.center_id, now(), NEW.entered_by_id, 'screening');
        END LOOP;
        INSERT INTO donors_deferral
            (donor_id, reason_id, permanent, starts_on, recorded_at, recorded_by_id, ended_because)
        SELECT donation.donor_id, r.id, r.kind = 'permanent', donation.collected_on, now(),
            NEW.entered_by_id, ''
        FROM donors_deferralreason r
        WHERE r.code = marker.deferral_code AND r.valid_until IS NULL
            AND NOT EXISTS (
                SELECT FROM donors_deferral d
                WHERE d.donor_id = donation.donor_id AND d.reason_id = r.id AND d.ended_at IS NULL
            );
        IF NOT EXISTS (
            SELECT FROM donors_deferral d JOIN donors_deferralreason r ON r.id = d.reason_id
            WHERE d.donor_id = donation.donor_id AND r.code = marker.deferral_code AND d.ended_at IS NULL
        ) THEN
            RAISE EXCEPTION 'marker % names no deferral reason in force', marker.code
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        INSERT INTO centers_lookback (donation_id, marker_id, opened_at)
        VALUES (NEW.donation_id, NEW.marker_id, now()) ON CONFLICT (donation_id) DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER reactive_result_takes_effect AFTER INSERT ON centers_result
    FOR EACH ROW WHEN (NEW.outcome = 'reactive') EXECUTE FUNCTION reactive_result_takes_effect();
CREATE TRIGGER centers_lookback_is_never_deleted BEFORE DELETE ON centers_lookback
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0005_guard_bags")]
    operations = [
        migrations.RunSQL(RESULT, migrations.RunSQL.noop),
        migrations.RunSQL(REACTIVE, migrations.RunSQL.noop),
    ]
