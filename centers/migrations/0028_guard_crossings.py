from django.db import migrations

# Whoever is about to move a bag of the donation holds its row: bad news waits, and then sees the move.
BLOCKING = """
CREATE OR REPLACE FUNCTION block_bags(the_donation bigint, who bigint, because text, waiting_too boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    bag record;
BEGIN
    PERFORM FROM centers_donation WHERE id = the_donation FOR SHARE;
    PERFORM FROM centers_bag WHERE donation_id = the_donation ORDER BY id FOR UPDATE;
    FOR bag IN
        SELECT id, state, center_id FROM centers_bag WHERE donation_id = the_donation
            AND (state IN ('available', 'reserved', 'in_transit') OR state = 'quarantined' AND waiting_too)
        ORDER BY id
    LOOP
        INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)
        VALUES (bag.id, 0, bag.state, 'blocked', bag.center_id, now(), who, because);
    END LOOP;
END
$$;

-- Two rows of one statement both find the bag where it was before either.
CREATE OR REPLACE FUNCTION bag_is_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE centers_bag SET state = NEW.to_state, center_id = NEW.center_id
        WHERE id = NEW.bag_id AND state = NEW.from_state;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the bag is not % any more', NEW.from_state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.from_state = 'reserved' AND NEW.to_state NOT IN ('issued', 'available') THEN
        UPDATE centers_reservation SET ended_at = NEW.at
        WHERE bag_id = NEW.bag_id AND ended_at IS NULL;
    END IF;
    RETURN NULL;
END
$$;
"""

# A deferral and a donation of one person wait for each other, under whichever row of theirs they come.
PERSON = """
CREATE OR REPLACE FUNCTION deferral_takes_the_bags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT code FROM donors_deferralreason WHERE id = NEW.reason_id) <> 'MA-INTERVAL' THEN
        PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT donor_kin(NEW.donor_id)))
            ORDER BY id FOR KEY SHARE;
        PERFORM bars_take_the_bags(NEW.donor_id, NEW.recorded_by_id);
    END IF;
    RETURN NULL;
END
$$;

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

CREATE OR REPLACE FUNCTION bleeding_begins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    visit centers_visit%ROWTYPE;
    day date := (NEW.started_at AT TIME ZONE 'Africa/Casablanca')::date;
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

# A deferral that has run out defers nobody from this result on; a look-back takes what was given before.
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

CREATE FUNCTION look_back_begins_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a look-back begins open' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER look_back_begins_open BEFORE INSERT ON centers_lookback
    FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION look_back_begins_open();
"""

# After the signatures only a paper of the session, typed by two, tells of somebody who was there.
VISIT = """
CREATE OR REPLACE FUNCTION visit_before_the_signatures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM centers_closing WHERE session_id = NEW.session_id AND second_at IS NOT NULL
    ) AND NOT EXISTS (
        SELECT FROM centers_paperrecord WHERE session_id = NEW.session_id
            AND (visit_id IS NULL OR visit_id = NEW.id)
            AND dropped_at IS NULL AND donor_id = ANY (ARRAY(SELECT donor_kin(NEW.donor_id)))
    ) THEN
        RAISE EXCEPTION 'the closing sheet of this session is signed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER outcome_before_the_signatures BEFORE UPDATE OF outcome ON centers_visit
    FOR EACH ROW WHEN (OLD.outcome IS DISTINCT FROM NEW.outcome)
    EXECUTE FUNCTION visit_before_the_signatures();

CREATE OR REPLACE FUNCTION visit_keeps_its_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.outcome = 'accepted'
        AND EXISTS (SELECT FROM centers_bleeding WHERE visit_id = OLD.id)
    THEN
        RAISE EXCEPTION 'the needle was in already' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- Turned away at reception, before anything was measured: it is asked and measured anew.
    IF OLD.outcome = 'deferred'
        AND NOT (NEW.outcome = 'accepted' AND EXISTS (SELECT FROM centers_override WHERE visit_id = OLD.id))
        AND NOT (NEW.outcome = '' AND OLD.haemoglobin IS NULL AND OLD.deferred_for_id IS NULL)
    THEN
        RAISE EXCEPTION 'no override of a doctor stands beside the deferral'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION visit_keeps_its_clearing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM centers_donation WHERE visit_id = OLD.id)
        OR EXISTS (SELECT FROM centers_bleeding WHERE visit_id = OLD.id)
    THEN
        RAISE EXCEPTION 'the needle was in already' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER visit_keeps_its_clearing BEFORE UPDATE ON centers_visit FOR EACH ROW WHEN (
    (NEW.cleared_at, NEW.cleared_by_id, NEW.cleared_because)
    IS DISTINCT FROM (OLD.cleared_at, OLD.cleared_by_id, OLD.cleared_because)
) EXECUTE FUNCTION visit_keeps_its_clearing();
"""

BAG = """
CREATE FUNCTION bag_was_made_by_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a bag is made before it is entered'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
-- The clocks of the site and of the database may differ by minutes, not more.
CREATE TRIGGER bag_was_made_by_now BEFORE INSERT ON centers_bag
    FOR EACH ROW WHEN (NEW.made_at > clock_timestamp() + interval '5 minutes')
    EXECUTE FUNCTION bag_was_made_by_now();

CREATE FUNCTION box_takes_from_the_shelf() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sent text := (SELECT state FROM centers_transfer WHERE id = NEW.transfer_id);
BEGIN
    IF TG_OP = 'INSERT' AND (NEW.arrived IS NOT NULL OR NEW.unpacked
        OR (SELECT state FROM centers_bag WHERE id = NEW.bag_id) <> 'available')
    THEN
        RAISE EXCEPTION 'a bag does not go into a box but from the shelf'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.unpacked OR OLD.arrived IS NOT NULL)
        OR NEW.unpacked AND (sent <> 'approved' OR NEW.arrived IS NOT NULL)
        OR NEW.arrived IS NOT NULL AND sent NOT IN ('packed', 'received')
    THEN
        RAISE EXCEPTION 'centers_transferbag is ended once, where the box stands'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER box_takes_from_the_shelf BEFORE INSERT OR UPDATE ON centers_transferbag
    FOR EACH ROW EXECUTE FUNCTION box_takes_from_the_shelf();
"""

PAPERS = """
CREATE TRIGGER consent_is_ended_once BEFORE UPDATE ON donors_consent
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{withdrawn_at}');
CREATE TRIGGER lift_is_ended_once BEFORE UPDATE ON donors_lift
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{approved_at,approved_by_id}');
CREATE TRIGGER policychange_is_ended_once BEFORE UPDATE ON donors_policychange
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{decided_at,decided_by_id,approved}');

CREATE TRIGGER reference_row_stands BEFORE INSERT OR UPDATE OR DELETE ON centers_recipe_kits
    FOR EACH ROW EXECUTE FUNCTION reference_row_stands();
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['marker', 'compatibility', 'component', 'kit', 'recipe', 'recipepart',
        'recipe_kits']
    LOOP
        EXECUTE format('CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_%s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0027_guard_groups")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (BLOCKING, PERSON, REACTIVE, VISIT, BAG, PAPERS)
    ]
