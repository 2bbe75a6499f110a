from django.db import migrations

# A new sample that reads another group than both readers of the tube before: that tube was not this donor's, and
# nothing that was read of it says anything about this bag.
TUBE = """
CREATE FUNCTION first_tube_is_disproved(the_donation bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
            JOIN centers_repeat p ON (p.donation_id, p.marker_id, p.version)
                = (r.donation_id, r.marker_id, r.version) AND p.because = 'new_sample'
            JOIN centers_result a ON (a.donation_id, a.marker_id, a.entry) = (r.donation_id, r.marker_id, 1)
                AND a.version < r.version
            JOIN centers_result b ON (b.donation_id, b.marker_id, b.version, b.entry)
                = (a.donation_id, a.marker_id, a.version, 2)
        WHERE m.kind = 'group' AND r.outcome NOT IN (a.outcome, b.outcome)
    ) AND EXISTS (
        SELECT FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
        WHERE m.kind <> 'group' AND NOT EXISTS (
            SELECT FROM centers_repeat p WHERE p.donation_id = r.donation_id
                AND p.marker_id = r.marker_id AND p.version <= r.version AND p.because = 'new_sample'
        )
    )
$$;
"""

PARTING = """
-- Parted again, nobody knows who of the two gave what was reactive meanwhile: each one's blood of the
-- year before is followed.
CREATE FUNCTION parting_takes_the_bags() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parted donors_merge%ROWTYPE;
BEGIN
    SELECT * INTO parted FROM donors_merge WHERE gone_id = NEW.id ORDER BY id DESC LIMIT 1;
    INSERT INTO centers_recall (public_id, donation_id, look_back_id, cause, because, opened_at,
        opened_by_id, outcome, verdict)
    SELECT DISTINCT ON (d.id) gen_random_uuid(), d.id, l.id, 'look_back', 'look_back', now(),
        parted.undone_by_id, '', ''
    FROM centers_lookback l JOIN centers_donation i ON i.id = l.donation_id
        JOIN centers_donation d ON d.donor_id = NEW.id
            AND d.collected_on <= i.collected_on AND d.collected_on > i.collected_on - 365
    WHERE i.donor_id = OLD.merged_into_id AND i.received_at >= parted.at
        AND NOT EXISTS (SELECT FROM centers_recall r WHERE r.donation_id = d.id
            AND (r.closed_at IS NULL OR r.look_back_id = l.id))
    ORDER BY d.id, l.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER parting_takes_the_bags AFTER UPDATE OF merged_into_id ON donors_donor
    FOR EACH ROW WHEN (OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NULL)
    EXECUTE FUNCTION parting_takes_the_bags();

CREATE FUNCTION visit_keeps_the_doctors_no() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the doctor''s no stands' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER visit_keeps_the_doctors_no BEFORE UPDATE OF deferred_for_id ON centers_visit
    FOR EACH ROW WHEN (OLD.deferred_for_id IS NOT NULL AND NEW.deferred_for_id IS NULL)
    EXECUTE FUNCTION visit_keeps_the_doctors_no();

CREATE FUNCTION override_names_the_measurer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.measured_by_id IS DISTINCT FROM (SELECT decided_by_id FROM centers_visit WHERE id = NEW.visit_id)
    THEN
        RAISE EXCEPTION 'an override is of another person than the measures'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER override_names_the_measurer BEFORE INSERT ON centers_override
    FOR EACH ROW EXECUTE FUNCTION override_names_the_measurer();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0031_guard_the_way_back")]
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (TUBE, PARTING)]
