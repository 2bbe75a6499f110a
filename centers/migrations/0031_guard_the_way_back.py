from django.db import migrations

# Known by their row; after a correction that left it open, or where D is lacking and C or E is not, by
# what was last determined: the next bag is compared with that.
GROUPS = """
CREATE FUNCTION group_on_record(person bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    rows bigint[] := ARRAY(SELECT donor_kin(person));
    known text;
BEGIN
    SELECT blood_group INTO known FROM donors_donor WHERE id = ANY (rows) AND blood_group <> '' LIMIT 1;
    IF known IS NULL THEN
        SELECT c.after INTO known FROM centers_groupcorrection c
            JOIN centers_donation d ON d.id = c.donation_id
            WHERE d.donor_id = ANY (rows) ORDER BY c.id DESC LIMIT 1;
    END IF;
    IF known IS NULL THEN
        SELECT b.blood_group INTO known FROM centers_donation d JOIN centers_bag b ON b.donation_id = d.id
            JOIN centers_movement m ON m.bag_id = b.id
            WHERE d.donor_id = ANY (rows) AND m.to_state = 'available' ORDER BY m.id DESC LIMIT 1;
    END IF;
    RETURN coalesce(known, '');
END
$$;

CREATE OR REPLACE FUNCTION known_group_differs(person bigint, of text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT group_on_record(person) NOT IN ('', of)
$$;
"""

# Whatever took a bag off the shelf has to clear up before it, or what is made of it, comes back.
SHELF = """
-- The bag, and each one it was made from while that was blocked; nothing is released out of a box.
CREATE FUNCTION against_coming_back(the_bag bigint) RETURNS text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line AS (
        SELECT the_bag AS id
        UNION ALL
        SELECT b.made_from_id FROM line JOIN centers_bag b ON b.id = line.id
            JOIN centers_movement m ON m.bag_id = b.made_from_id
                AND m.from_state = 'blocked' AND m.to_state = 'separated'
    )
    SELECT CASE
        WHEN EXISTS (
            SELECT FROM line JOIN centers_issue i ON i.bag_id = line.id
                LEFT JOIN centers_return r ON r.issue_id = i.id
            WHERE r.id IS NULL OR NOT r.cold_chain_kept
        ) THEN 'no return with its cold chain stands beside the movement'
        WHEN EXISTS (
            SELECT FROM line WHERE (
                SELECT reason FROM centers_movement WHERE bag_id = line.id AND to_state = 'blocked'
                ORDER BY seq DESC LIMIT 1
            ) NOT IN ('screening', 'recall', 'deferral', 'came back')
        ) THEN 'what blocked the bag does not clear up'
        WHEN EXISTS (
            SELECT FROM centers_transferbag WHERE bag_id = the_bag AND arrived IS NULL AND NOT unpacked
        ) THEN 'the bag is in a box'
        ELSE '' END
$$;

CREATE FUNCTION box_was_measured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT transfer_id, arrived FROM centers_transferbag WHERE bag_id = NEW.bag_id
            ORDER BY id DESC LIMIT 1
        ) b JOIN centers_transfer t ON t.id = b.transfer_id
        WHERE b.arrived AND t.state = 'packed'
    ) THEN
        RAISE EXCEPTION 'the box of the bag is not measured'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER box_was_measured BEFORE INSERT ON centers_movement
    FOR EACH ROW WHEN (
        NEW.from_state = 'available' AND NEW.to_state IN ('issued', 'reserved', 'in_transit', 'separated')
    ) EXECUTE FUNCTION box_was_measured();
"""

# Two who were taken for one and were not: what ends for one of them goes on for the other.
PARTED = """
-- A joining that is not committed yet holds the row: the deferral waits for it, and follows.
CREATE OR REPLACE FUNCTION deferral_follows_the_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE donors_deferral SET ended_at = NEW.ended_at, ended_by_id = NEW.ended_by_id,
            ended_because = NEW.ended_because
        WHERE copy_of_id = NEW.id AND ended_at IS NULL
            AND donor_id IN (SELECT donor_kin(NEW.donor_id));
        RETURN NULL;
    END IF;
    PERFORM FROM donors_donor WHERE id = NEW.donor_id FOR KEY SHARE;
    INSERT INTO donors_deferral (donor_id, reason_id, permanent, starts_on, ends_on, recorded_at,
        recorded_by_id, ended_because, copy_of_id)
    SELECT merged_into_id, NEW.reason_id, NEW.permanent, NEW.starts_on, NEW.ends_on, NEW.recorded_at,
        NEW.recorded_by_id, '', NEW.id
    FROM donors_donor WHERE id = NEW.donor_id AND merged_into_id IS NOT NULL;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION deferral_for_ever_is_lifted_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    original donors_deferral%ROWTYPE;
BEGIN
    SELECT * INTO original FROM donors_deferral WHERE id = NEW.copy_of_id;
    -- A copy ends with what it was copied from, or with the joining that made it.
    IF original.ended_at IS NOT NULL OR EXISTS (
        SELECT FROM donors_merge WHERE kept_id = NEW.donor_id AND gone_id = original.donor_id
            AND undone_at IS NOT NULL
    ) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM donors_lift
                   WHERE deferral_id = NEW.id AND approved_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a deferral for ever is lifted by two physicians'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER deferral_for_ever_is_lifted_by_two ON donors_deferral;
CREATE TRIGGER deferral_for_ever_is_lifted_by_two BEFORE UPDATE OF ended_at ON donors_deferral
    FOR EACH ROW WHEN (NEW.permanent AND NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION deferral_for_ever_is_lifted_by_two();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0030_bags_and_requests")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (GROUPS, SHELF, PARTED)]
