from django.db import migrations

GATE = """
CREATE FUNCTION bag_release_hindrance(the_bag bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    donation centers_donation%ROWTYPE;
    confirmed text;
    abo text;
    rh_d text;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = the_bag;
    SELECT * INTO donation FROM centers_donation WHERE id = bag.donation_id;
    IF donation.conflict <> '' THEN
        RETURN 'the donation conflicts with a rule of the donor';
    END IF;
    IF EXISTS (
        SELECT FROM centers_marker m LEFT JOIN centers_result r
            ON r.marker_id = m.id AND r.donation_id = donation.id
        WHERE m.kind = 'infection' AND m.valid_from <= donation.collected_on
            AND (m.valid_until IS NULL OR m.valid_until > donation.collected_on)
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(r.id) FILTER (WHERE r.outcome <> 'negative') > 0
            OR count(DISTINCT r.entered_by_id) < 2
    ) THEN
        RETURN 'a marker is missing or not negative twice';
    END IF;
    IF EXISTS (
        SELECT FROM centers_marker m LEFT JOIN centers_result r
            ON r.marker_id = m.id AND r.donation_id = donation.id
        WHERE m.kind = 'group' AND m.valid_from <= donation.collected_on
            AND (m.valid_until IS NULL OR m.valid_until > donation.collected_on)
            AND (NOT m.rh_negative_only OR bag.blood_group LIKE '%-')
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(DISTINCT r.outcome) > 1
            OR count(DISTINCT r.entered_by_id) < 2
            OR count(DISTINCT r.lot) < 2 OR count(DISTINCT r.technique) < 2
    ) THEN
        RETURN 'the group is not determined twice, by two people, lots and techniques';
    END IF;
    SELECT max(r.outcome) FILTER (WHERE m.code = 'ABO'), max(r.outcome) FILTER (WHERE m.code = 'D')
        INTO abo, rh_d
        FROM centers_result r JOIN centers_marker m ON m.id = r.marker_id
        WHERE r.donation_id = donation.id;
    IF bag.blood_group IS DISTINCT FROM (
        abo || (CASE rh_d WHEN 'positive' THEN '+' ELSE '-' END)
    ) THEN
        RETURN 'the label is not the group that was determined';
    END IF;
    IF bag.blood_group LIKE '%-' AND EXISTS (
        SELECT FROM centers_result r JOIN centers_marker m ON m.id = r.marker_id
        WHERE r.donation_id = donation.id AND m.code IN ('D', 'C', 'E') AND r.outcome <> 'negative'
    ) THEN
        RETURN 'Rh negative only without D, C and E';
    END IF;
    SELECT blood_group INTO confirmed FROM donors_donor WHERE id = donation.donor_id;
    IF confirmed <> '' AND confirmed <> bag.blood_group THEN
        RETURN 'the group differs from the one the donor is known by';
    END IF;
    IF EXISTS (
        SELECT FROM centers_lookback l JOIN centers_donation d ON d.id = l.donation_id
        WHERE d.donor_id = donation.donor_id AND l.closed_at IS NULL
    ) THEN
        RETURN 'a look-back on the donor is open';
    END IF;
    RETURN '';
END
$$;
"""

MOVEMENT = """
CREATE FUNCTION movement_moves_the_bag() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    last_seq integer;
    why text;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id FOR UPDATE;
    SELECT coalesce(max(seq), 0) INTO last_seq FROM centers_movement WHERE bag_id = NEW.bag_id;
    NEW.seq := last_seq + 1;
    NEW.at := clock_timestamp();
    IF NEW.from_state <> bag.state THEN
        RAISE EXCEPTION 'the bag is %, not %', bag.state, NEW.from_state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.from_state, NEW.to_state) NOT IN (
        ('', 'quarantined'), ('', 'blocked'),
        ('quarantined', 'available'), ('quarantined', 'blocked'), ('quarantined', 'discarded'),
        ('quarantined', 'expired'),
        ('available', 'reserved'), ('available', 'issued'), ('available', 'in_transit'),
        ('available', 'blocked'), ('available', 'discarded'), ('available', 'expired'),
        ('reserved', 'available'), ('reserved', 'issued'), ('reserved', 'blocked'),
        ('reserved', 'discarded'), ('reserved', 'expired'),
        ('in_transit', 'available'), ('in_transit', 'blocked'), ('in_transit', 'discarded'),
        ('in_transit', 'expired'),
        ('issued', 'transfused'), ('issued', 'blocked'), ('issued', 'discarded'),
        ('blocked', 'available'), ('blocked', 'discarded'), ('expired', 'discarded')
    ) THEN
        RAISE EXCEPTION 'a bag does not go from % to %', bag.state, NEW.to_state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.to_state IN ('available', 'reserved', 'issued', 'in_transit') THEN
        IF bag.expires_at <= NEW.at THEN
            RAISE EXCEPTION 'the bag has expired' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        why := bag_release_hindrance(NEW.bag_id);
        IF why <> '' THEN
            RAISE EXCEPTION 'bag not released: %', why
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.to_state = 'expired' AND bag.expires_at > NEW.at THEN
        RAISE EXCEPTION 'the bag has not expired' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.to_state = 'available' AND NEW.from_state IN ('quarantined', 'blocked') AND (
        NEW.by_id IS NULL OR EXISTS (
            SELECT FROM centers_result WHERE donation_id = bag.donation_id AND entered_by_id = NEW.by_id
        )
    ) THEN
        RAISE EXCEPTION 'the releaser entered a result of this donation'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.to_state = 'issued' AND NOT EXISTS (
        SELECT FROM centers_issue i
            JOIN centers_component c ON c.code = bag.component_id
            JOIN centers_compatibility v ON v.family = c.family AND v.recipient = i.recipient_group
                AND v.donor = bag.blood_group
        WHERE i.bag_id = bag.id AND v.verdict = 'compatible'
    ) THEN
        RAISE EXCEPTION 'no compatible issue stands beside the movement'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE centers_bag SET state = NEW.to_state, center_id = NEW.center_id WHERE id = NEW.bag_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER movement_moves_the_bag BEFORE INSERT ON centers_movement
    FOR EACH ROW EXECUTE FUNCTION movement_moves_the_bag();
CREATE TRIGGER centers_movement_is_append_only BEFORE UPDATE OR DELETE ON centers_movement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER centers_movement_is_never_emptied BEFORE TRUNCATE ON centers_movement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

BAG = """
CREATE FUNCTION bag_follows_its_movements() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    life integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> '' THEN
            RAISE EXCEPTION 'a bag begins without a state; its first movement gives it one'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        SELECT shelf_life_days INTO life FROM centers_component WHERE code = NEW.component_id;
        IF NEW.collected_on <> (SELECT collected_on FROM centers_donation WHERE id = NEW.donation_id)
            OR NEW.expires_at > ((NEW.collected_on + life + 1)::timestamp AT TIME ZONE 'Africa/Casablanca')
        THEN
            RAISE EXCEPTION 'the expiry is later than the component keeps'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.donation_id, NEW.component_id, NEW.division, NEW.collected_on, NEW.public_id)
        IS DISTINCT FROM
        (OLD.donation_id, OLD.component_id, OLD.division, OLD.collected_on, OLD.public_id)
        OR NEW.expires_at > OLD.expires_at
        OR OLD.blood_group <> '' AND NEW.blood_group <> OLD.blood_group
    THEN
        RAISE EXCEPTION 'a bag keeps its donation, product, group and expiry'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.state, NEW.center_id) IS DISTINCT FROM (OLD.state, OLD.center_id)
        AND pg_trigger_depth() < 2
    THEN
        RAISE EXCEPTION 'a bag changes state and place by a movement only'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER bag_follows_its_movements BEFORE INSERT OR UPDATE ON centers_bag
    FOR EACH ROW EXECUTE FUNCTION bag_follows_its_movements();
CREATE TRIGGER centers_bag_is_never_deleted BEFORE DELETE ON centers_bag
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
"""

LEVEL = """
CREATE FUNCTION level_add(the_center bigint, the_component text, the_group text, held text, step integer)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO centers_stocklevel AS l
        (center_id, component_id, blood_group, quarantined, available, reserved, in_transit, changed_at)
    VALUES (the_center, the_component, the_group,
        step * (held = 'quarantined')::int, step * (held = 'available')::int,
        step * (held = 'reserved')::int, step * (held = 'in_transit')::int, clock_timestamp())
    ON CONFLICT (center_id, component_id, blood_group) DO UPDATE SET
        quarantined = l.quarantined + excluded.quarantined,
        available = l.available + excluded.available,
        reserved = l.reserved + excluded.reserved,
        in_transit = l.in_transit + excluded.in_transit,
        changed_at = excluded.changed_at;
$$;

-- Counted on the bag, not on the movement: the group given at release moves the count as well.
CREATE FUNCTION bag_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
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
    END IF;
    IF NEW.state IN ('quarantined', 'available', 'reserved', 'in_transit') THEN
        PERFORM level_add(NEW.center_id, NEW.component_id, NEW.blood_group, NEW.state, 1);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER bag_is_counted AFTER UPDATE OF state, center_id, blood_group ON centers_bag
    FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION bag_is_counted();

CREATE FUNCTION level_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
CREATE TRIGGER level_is_counted BEFORE INSERT OR UPDATE ON centers_stocklevel
    FOR EACH ROW EXECUTE FUNCTION level_is_counted();
CREATE TRIGGER centers_stocklevel_is_never_deleted BEFORE DELETE ON centers_stocklevel
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
CREATE TRIGGER centers_issue_is_append_only BEFORE UPDATE OR DELETE ON centers_issue
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0004_guard_donations")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (GATE, MOVEMENT, BAG, LEVEL)
    ]
