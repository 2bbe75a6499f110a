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

CREATE OR REPLACE FUNCTION bag_release_hindrance(the_bag bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    donation centers_donation%ROWTYPE;
    determined text;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = the_bag;
    SELECT * INTO donation FROM centers_donation WHERE id = bag.donation_id;
    IF donation.conflict <> '' THEN
        RETURN 'the donation conflicts with a rule of the donor';
    END IF;
    IF EXISTS (
        SELECT FROM centers_marker m LEFT JOIN current_results(donation.id) r ON r.marker_id = m.id
        WHERE m.kind = 'infection' AND m.valid_from <= donation.collected_on
            AND (m.valid_until IS NULL OR m.valid_until > donation.collected_on)
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(r.id) FILTER (WHERE r.outcome <> 'negative') > 0
            OR count(DISTINCT r.entered_by_id) < 2
    ) THEN
        RETURN 'a marker is missing or not negative twice';
    END IF;
    determined := determined_group(donation.id);
    IF determined = '' OR EXISTS (
        SELECT FROM centers_marker m LEFT JOIN current_results(donation.id) r ON r.marker_id = m.id
        WHERE m.kind = 'group' AND m.valid_from <= donation.collected_on
            AND (m.valid_until IS NULL OR m.valid_until > donation.collected_on)
            AND (NOT m.rh_negative_only OR EXISTS (
                SELECT FROM current_results(donation.id) d JOIN centers_marker n ON n.id = d.marker_id
                WHERE n.code = 'D' AND d.outcome = 'negative'
            ))
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(DISTINCT r.outcome) > 1
            OR count(DISTINCT r.entered_by_id) < 2
            OR count(DISTINCT r.lot) < 2 OR count(DISTINCT r.technique) < 2
    ) THEN
        RETURN 'the group is not determined twice, by two people, lots and techniques';
    END IF;
    IF known_group_differs(donation.donor_id, determined) THEN
        RETURN 'the group differs from the one the donor is known by';
    END IF;
    IF bag.blood_group IS DISTINCT FROM determined THEN
        RETURN 'the label is not the group that was determined';
    END IF;
    IF bag.blood_group LIKE 'O%' AND EXISTS (
        SELECT FROM centers_marker m LEFT JOIN current_results(donation.id) r ON r.marker_id = m.id
        WHERE m.kind = 'mark' AND m.valid_from <= donation.collected_on
            AND (m.valid_until IS NULL OR m.valid_until > donation.collected_on)
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(DISTINCT r.outcome) > 1
            OR count(DISTINCT r.entered_by_id) < 2
    ) THEN
        RETURN 'the haemolysins of group O are not read twice alike';
    END IF;
    IF first_tube_is_disproved(donation.id) THEN
        RETURN 'the first tube was not of this donor';
    END IF;
    -- 300 mL, as the application asks when a volume is entered.
    IF measured(donation.visit_id, 'volume', donation.volume) < 300 THEN
        RETURN 'the donation is too small';
    END IF;
    IF look_back_is_open(donation.donor_id) THEN
        RETURN 'a look-back on the donor is open';
    END IF;
    IF deferral_covers(donation.donor_id, donation.collected_on) THEN
        RETURN 'a deferral of the donor covers the day';
    END IF;
    IF EXISTS (
        SELECT FROM centers_recall WHERE donation_id = donation.id AND verdict = 'discard'
    ) THEN
        RETURN 'a recall ended against using it';
    END IF;
    RETURN '';
END
$$;

CREATE OR REPLACE FUNCTION emergency_hindrance(the_bag bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    donation centers_donation%ROWTYPE;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = the_bag;
    SELECT * INTO donation FROM centers_donation WHERE id = bag.donation_id;
    RETURN CASE
        WHEN donation.conflict <> '' THEN 'the donation conflicts with a rule of the donor'
        WHEN bag.blood_group = '' OR bag.blood_group <> determined_group(donation.id)
            THEN 'the label is not the group that was determined'
        WHEN known_group_differs(donation.donor_id, bag.blood_group)
            THEN 'the group differs from the one the donor is known by'
        WHEN EXISTS (
            SELECT FROM centers_result WHERE donation_id = donation.id AND outcome = 'reactive'
        ) THEN 'a marker is missing or not negative twice'
        WHEN look_back_is_open(donation.donor_id) THEN 'a look-back on the donor is open'
        WHEN deferral_covers(donation.donor_id, donation.collected_on)
            THEN 'a deferral of the donor covers the day'
        WHEN EXISTS (
            SELECT FROM centers_recall WHERE donation_id = donation.id AND verdict = 'discard'
        ) THEN 'a recall ended against using it'
        WHEN first_tube_is_disproved(donation.id) THEN 'the first tube was not of this donor'
        ELSE '' END;
END
$$;
"""

# What a look-back found nothing to follow for may come to light when two rows turn out to be one person.
JOINING = """
CREATE OR REPLACE FUNCTION joining_takes_the_bags() RETURNS trigger LANGUAGE plpgsql AS $$
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
    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (TUBE, JOINING)]
