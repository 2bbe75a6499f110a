from django.db import migrations

# Learnt from the first release, under the person's lock: of two at once the second sees the first.
LEARNT = """
CREATE FUNCTION person_waits_for_the_release() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person bigint := (SELECT d.donor_id FROM centers_donation d JOIN centers_bag b
        ON b.donation_id = d.id WHERE b.id = NEW.bag_id);
BEGIN
    PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT donor_kin(person)))
        ORDER BY id FOR NO KEY UPDATE;
    RETURN NEW;
END
$$;
-- Triggers of one moment run in the order of their names: before movement_moves_the_bag, which checks.
CREATE TRIGGER a_person_waits_for_the_release BEFORE INSERT ON centers_movement
    FOR EACH ROW WHEN (NEW.from_state IN ('quarantined', 'blocked') AND NEW.to_state = 'available')
    EXECUTE FUNCTION person_waits_for_the_release();

-- With C or E alone the bag is labelled Rh positive; as a patient this person is not.
CREATE FUNCTION group_of_the_person(the_donation bigint, label text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN label LIKE '%+' AND EXISTS (
        SELECT FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
        WHERE m.code = 'D' AND r.outcome = 'negative'
    ) THEN '' ELSE label END
$$;

CREATE FUNCTION release_tells_the_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE donors_donor SET blood_group = known.label
    FROM (
        SELECT d.donor_id, p.merged_into_id, group_of_the_person(d.id, b.blood_group) AS label
        FROM centers_bag b JOIN centers_donation d ON d.id = b.donation_id
            JOIN donors_donor p ON p.id = d.donor_id
        WHERE b.id = NEW.bag_id
    ) known
    WHERE donors_donor.id IN (known.donor_id, known.merged_into_id) AND blood_group = ''
        AND known.label <> '';
    RETURN NULL;
END
$$;
CREATE TRIGGER release_tells_the_group AFTER INSERT ON centers_movement
    FOR EACH ROW WHEN (NEW.from_state IN ('quarantined', 'blocked') AND NEW.to_state = 'available')
    EXECUTE FUNCTION release_tells_the_group();
"""

# Asked on forgetting, too.
KEPT = """
DROP TRIGGER known_group_is_corrected ON donors_donor;
CREATE TRIGGER known_group_is_corrected BEFORE UPDATE OF blood_group ON donors_donor
    FOR EACH ROW WHEN (OLD.blood_group <> '' AND NEW.blood_group <> OLD.blood_group)
    EXECUTE FUNCTION known_group_is_corrected();
"""

JOINED = """
CREATE OR REPLACE FUNCTION donor_is_joined_in_one_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.merged_into_id IS NOT NULL AND (
        EXISTS (SELECT FROM donors_donor
                WHERE id = NEW.merged_into_id AND merged_into_id IS NOT NULL)
        OR EXISTS (SELECT FROM donors_donor WHERE merged_into_id = NEW.id)
        OR NOT EXISTS (SELECT FROM donors_merge
                       WHERE gone_id = NEW.id AND kept_id = NEW.merged_into_id AND undone_at IS NULL)
    ) THEN
        RAISE EXCEPTION 'a donor is joined in one step, by a merge'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.merged_into_id IS NULL
        AND EXISTS (SELECT FROM donors_merge WHERE gone_id = NEW.id AND undone_at IS NULL)
    THEN
        RAISE EXCEPTION 'a merge stands until it is undone'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.blood_group <> '' AND EXISTS (
        SELECT FROM donors_donor WHERE id = NEW.merged_into_id AND blood_group NOT IN ('', NEW.blood_group)
    ) THEN
        RAISE EXCEPTION 'two people of two groups are not one'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0028_guard_crossings")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (LEARNT, KEPT, JOINED)]
