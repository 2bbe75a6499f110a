from django.db import migrations

# The rows of one person: whatever bars one of them bars what any of them gave.
PERSON = """
CREATE FUNCTION donor_kin(person bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH root AS (SELECT coalesce(merged_into_id, id) AS id FROM donors_donor WHERE id = person)
    SELECT id FROM root
    UNION ALL
    SELECT d.id FROM donors_donor d JOIN root ON d.merged_into_id = root.id
$$;

-- A deferral that nobody ended and that covers the day; the interval after a donation is no such.
CREATE FUNCTION deferral_covers(person bigint, day date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM donors_deferral f JOIN donors_deferralreason r ON r.id = f.reason_id
        WHERE f.donor_id IN (SELECT donor_kin(person)) AND f.ended_at IS NULL
            AND r.code <> 'MA-INTERVAL' AND f.starts_on <= day
            AND (f.ends_on IS NULL OR f.ends_on > day)
    )
$$;

CREATE FUNCTION look_back_is_open(person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM centers_lookback l JOIN centers_donation d ON d.id = l.donation_id
        WHERE d.donor_id IN (SELECT donor_kin(person)) AND l.closed_at IS NULL
    )
$$;

CREATE FUNCTION known_group_differs(person bigint, of text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM donors_donor
        WHERE id IN (SELECT donor_kin(person)) AND blood_group NOT IN ('', of)
    )
$$;
"""

# Rh negative is a bag without D, C and E: with one of them it is labelled Rh positive.
GROUP = """
CREATE FUNCTION determined_group(the_donation bigint) RETURNS text LANGUAGE sql STABLE AS $$
    WITH read AS (
        SELECT m.code, min(r.outcome) AS outcome
        FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
        WHERE m.kind = 'group'
        GROUP BY m.code HAVING count(*) = 2 AND count(DISTINCT r.outcome) = 1
    )
    SELECT coalesce(
        (SELECT outcome FROM read WHERE code = 'ABO') || CASE
            WHEN NOT EXISTS (SELECT FROM read WHERE code = 'D') THEN NULL
            WHEN 'positive' IN (SELECT outcome FROM read WHERE code IN ('D', 'C', 'E')) THEN '+'
            WHEN 3 = (SELECT count(*) FROM read WHERE code IN ('D', 'C', 'E')) THEN '-'
        END,
        ''
    )
$$;
"""

GATE = """
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

-- What an emergency never waives: bad news, a conflict, a label that the readings do not bear out.
CREATE FUNCTION emergency_hindrance(the_bag bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
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

# The bag keeps what it is; its state and place are those of its last movement, whoever writes.
BAG = """
-- The end of the day or hour until which the bag keeps; NULL where nothing makes it from that bag.
CREATE FUNCTION bag_keeps_until(bag centers_bag) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    parent centers_bag%ROWTYPE;
    part centers_recipepart%ROWTYPE;
    own timestamptz;
BEGIN
    SELECT (bag.collected_on + shelf_life_days + 1)::timestamp AT TIME ZONE 'Africa/Casablanca'
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

CREATE OR REPLACE FUNCTION bag_follows_its_movements() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    donation centers_donation%ROWTYPE;
    keeps_until timestamptz;
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- A reactive result that is being written waits for this bag, or this bag for the result.
        SELECT * INTO donation FROM centers_donation WHERE id = NEW.donation_id FOR SHARE;
        IF NEW.state <> '' THEN
            RAISE EXCEPTION 'a bag begins without a state; its first movement gives it one'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        keeps_until := bag_keeps_until(NEW);
        IF keeps_until IS NULL THEN
            RAISE EXCEPTION 'no recipe makes this product from that bag'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NEW.collected_on <> donation.collected_on OR NEW.expires_at > keeps_until THEN
            RAISE EXCEPTION 'the expiry is later than the component keeps'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NEW.opened_at IS NOT NULL THEN
            RAISE EXCEPTION 'a bag begins closed' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NEW.made_from_id IS NULL AND (
            NEW.center_id <> donation.center_id OR NEW.blood_group <> '' OR EXISTS (
                SELECT FROM centers_bag WHERE donation_id = NEW.donation_id AND made_from_id IS NULL
            )
        ) THEN
            RAISE EXCEPTION 'a donation fills one bag, without a label, where it was given'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF EXISTS (
            SELECT FROM centers_bag WHERE made_from_id = NEW.made_from_id
                AND component_id = NEW.component_id
        ) OR NEW.center_id <> (SELECT center_id FROM centers_bag WHERE id = NEW.made_from_id) THEN
            RAISE EXCEPTION 'a bag is made into each product once, where it is'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.donation_id, NEW.component_id, NEW.division, NEW.collected_on, NEW.public_id,
            NEW.made_from_id, NEW.made_at)
        IS DISTINCT FROM
        (OLD.id, OLD.donation_id, OLD.component_id, OLD.division, OLD.collected_on, OLD.public_id,
            OLD.made_from_id, OLD.made_at)
        OR OLD.opened_at IS NOT NULL
            AND (NEW.opened_at, NEW.opened_by_id) IS DISTINCT FROM (OLD.opened_at, OLD.opened_by_id)
        OR NEW.expires_at > OLD.expires_at
        OR OLD.blood_group <> '' AND NEW.blood_group <> OLD.blood_group
    THEN
        RAISE EXCEPTION 'a bag keeps its donation, product, group and expiry'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.blood_group <> OLD.blood_group THEN
        SELECT * INTO donation FROM centers_donation WHERE id = NEW.donation_id;
        IF NEW.blood_group <> determined_group(donation.id)
            OR known_group_differs(donation.donor_id, NEW.blood_group)
        THEN
            RAISE EXCEPTION 'the label is the group that two people determined'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF (NEW.state, NEW.center_id) IS DISTINCT FROM (OLD.state, OLD.center_id) AND NOT EXISTS (
        SELECT FROM (
            SELECT to_state, center_id FROM centers_movement WHERE bag_id = NEW.id
            ORDER BY seq DESC LIMIT 1
        ) m WHERE m.to_state = NEW.state AND m.center_id = NEW.center_id
    ) THEN
        RAISE EXCEPTION 'a bag changes state and place by a movement only'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

LEVEL = """
CREATE OR REPLACE FUNCTION bag_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('quarantined', 'available', 'reserved', 'in_transit') THEN
        UPDATE centers_stocklevel SET
            quarantined = quarantined - (OLD.state = 'quarantined')::int,
            available = available - (OLD.state = 'available')::int,
            reserved = reserved - (OLD.state = 'reserved')::int,
            in_transit = in_transit - (OLD.state = 'in_transit')::int,
            changed_at = clock_timestamp()
        WHERE center_id = OLD.center_id AND component_id = OLD.component_id
            AND blood_group = OLD.blood_group;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no level counts this bag' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.state IN ('quarantined', 'available', 'reserved', 'in_transit') THEN
        PERFORM level_add(NEW.center_id, NEW.component_id, NEW.blood_group, NEW.state, 1);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION level_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.center_id, NEW.component_id, NEW.blood_group)
        IS DISTINCT FROM (OLD.id, OLD.center_id, OLD.component_id, OLD.blood_group)
    THEN
        RAISE EXCEPTION 'a level keeps what it counts' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF pg_trigger_depth() < 2 AND (TG_OP = 'INSERT'
        OR (NEW.quarantined, NEW.available, NEW.reserved, NEW.in_transit, NEW.changed_at)
            IS DISTINCT FROM
            (OLD.quarantined, OLD.available, OLD.reserved, OLD.in_transit, OLD.changed_at))
    THEN
        RAISE EXCEPTION 'stock is counted from movements' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0019_followed"), ("donors", "0021_unit_guards")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (PERSON, GROUP, GATE, BAG, LEVEL)
    ]
