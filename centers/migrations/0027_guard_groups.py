from django.db import migrations

CORRECTION = """
-- All of the group is read anew from the new sample: half of it from the old tube proves nothing.
CREATE FUNCTION group_correction_is_founded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person bigint;
BEGIN
    SELECT donor_id INTO person FROM centers_donation WHERE id = NEW.donation_id FOR UPDATE;
    IF NEW.after <> determined_group(NEW.donation_id) OR EXISTS (
        SELECT FROM centers_marker m JOIN current_results(NEW.donation_id) r ON r.marker_id = m.id
            LEFT JOIN centers_repeat p ON (p.donation_id, p.marker_id, p.version)
                = (r.donation_id, r.marker_id, r.version) AND p.because = 'new_sample'
        WHERE m.kind = 'group'
        GROUP BY m.id
        HAVING count(p.id) < 2 OR count(DISTINCT r.lot) < 2 OR count(DISTINCT r.technique) < 2
    ) THEN
        RAISE EXCEPTION 'a group is corrected by a new sample'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.before <> group_on_record(person) THEN
        RAISE EXCEPTION 'the donor is known by another group'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT FROM centers_result r JOIN centers_marker m ON m.id = r.marker_id
        WHERE r.donation_id = NEW.donation_id AND m.kind = 'group' AND r.entered_by_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'who read a group does not correct the record by it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER group_correction_is_founded BEFORE INSERT ON centers_groupcorrection
    FOR EACH ROW EXECUTE FUNCTION group_correction_is_founded();

-- Every bag of the person that bears another group was labelled wrongly.
CREATE FUNCTION group_correction_takes_effect() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person bigint;
    given record;
BEGIN
    SELECT donor_id INTO person FROM centers_donation WHERE id = NEW.donation_id;
    UPDATE donors_donor SET blood_group = group_of_the_person(NEW.donation_id, NEW.after)
        WHERE id IN (SELECT donor_kin(person)) AND blood_group = NEW.before;
    FOR given IN
        SELECT d.id FROM centers_donation d
        WHERE d.donor_id IN (SELECT donor_kin(person)) AND d.id <> NEW.donation_id AND EXISTS (
            SELECT FROM centers_bag b
            WHERE b.donation_id = d.id AND b.blood_group NOT IN ('', NEW.after)
        )
        ORDER BY d.id
    LOOP
        PERFORM block_bags(given.id, NEW.by_id, 'screening', true);
        PERFORM recall_what_left(given.id, NEW.by_id, 'laboratory');
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER group_correction_takes_effect AFTER INSERT ON centers_groupcorrection
    FOR EACH ROW EXECUTE FUNCTION group_correction_takes_effect();
CREATE TRIGGER centers_groupcorrection_is_append_only
    BEFORE UPDATE OR DELETE ON centers_groupcorrection
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_groupcorrection
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# A group is learnt, or forgotten with the person or a joining; one for another takes a correction.
KNOWN = """
-- Parted again, a person forgets the group of the other one, never one that their own bags bear.
CREATE FUNCTION known_group_is_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    SELECT c.before, group_of_the_person(d.id, c.after) AS after INTO last
        FROM centers_groupcorrection c JOIN centers_donation d ON d.id = c.donation_id
        WHERE d.donor_id IN (SELECT donor_kin(NEW.id)) ORDER BY c.id DESC LIMIT 1;
    IF (last.before, last.after) = (OLD.blood_group, NEW.blood_group) THEN
        RETURN NEW;
    END IF;
    IF NEW.blood_group <> '' THEN
        RAISE EXCEPTION 'a known group changes by a correction only'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT FROM centers_bag b JOIN centers_donation d ON d.id = b.donation_id
        WHERE d.donor_id IN (SELECT donor_kin(NEW.id)) AND b.blood_group = OLD.blood_group
    ) THEN
        NEW.blood_group := OLD.blood_group;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER known_group_is_corrected BEFORE UPDATE OF blood_group ON donors_donor
    FOR EACH ROW WHEN (
        OLD.blood_group <> '' AND NEW.blood_group <> '' AND NEW.blood_group <> OLD.blood_group
    ) EXECUTE FUNCTION known_group_is_corrected();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0026_group_corrections"), ("donors", "0022_guard_columns")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (CORRECTION, KNOWN)]
