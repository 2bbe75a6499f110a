from django.db import migrations

CURRENT = """
-- Readings of each marker's last version.
CREATE FUNCTION current_results(the_donation bigint) RETURNS SETOF centers_result
LANGUAGE sql STABLE AS $$
    SELECT r.* FROM centers_result r WHERE r.donation_id = the_donation AND NOT EXISTS (
        SELECT FROM centers_repeat p WHERE p.donation_id = r.donation_id
            AND p.marker_id = r.marker_id AND p.version > r.version
    )
$$;

-- Of a group O donation: 'low' or 'high' once both readings of the haemolysins are there.
CREATE FUNCTION donation_titre(the_donation bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN count(*) < 2 THEN ''
        WHEN bool_or(r.outcome = 'positive') THEN 'high' ELSE 'low' END
    FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
    WHERE m.kind = 'mark'
$$;
"""

# Plasma and platelets of group O with strong haemolysins destroy red cells of the other groups.
TITRE = """
CREATE FUNCTION high_titre_stays_in_its_group() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    family text;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id;
    SELECT c.family INTO family FROM centers_component c WHERE c.code = bag.component_id;
    IF bag.blood_group LIKE 'O%' AND NEW.recipient_group NOT LIKE 'O%' AND family <> 'red_cells'
        AND donation_titre(bag.donation_id) <> 'low'
    THEN
        RAISE EXCEPTION 'high titre stays in its group' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER high_titre_stays_in_its_group BEFORE INSERT ON centers_issue
    FOR EACH ROW EXECUTE FUNCTION high_titre_stays_in_its_group();
"""

IMPORT = """
CREATE FUNCTION analyser_import_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.applied_at IS NOT NULL OR OLD.dropped_at IS NOT NULL THEN
        RAISE EXCEPTION 'a file is applied or dropped once'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.analyser_id, NEW.center_id, NEW.file_name, NEW.sha256, NEW.mapping, NEW.handed_in_at,
        NEW.handed_in_by_id) IS DISTINCT FROM (OLD.analyser_id, OLD.center_id, OLD.file_name,
        OLD.sha256, OLD.mapping, OLD.handed_in_at, OLD.handed_in_by_id)
    THEN
        RAISE EXCEPTION 'what was handed in stays as it was'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER analyser_import_ends_once BEFORE UPDATE ON centers_analyserimport
    FOR EACH ROW EXECUTE FUNCTION analyser_import_ends_once();
CREATE TRIGGER centers_analyserimport_is_never_deleted BEFORE DELETE ON centers_analyserimport
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0015_laboratory")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (CURRENT, TITRE, IMPORT)
    ]
