from django.db import migrations

WAYS = """
-- From blocked or expired to the same: taken out of a box in another centre.
CREATE FUNCTION bag_may_go(was text, will text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (was, will) IN (
        ('', 'quarantined'),
        ('', 'blocked'),
        ('', 'available'),
        ('quarantined', 'available'),
        ('quarantined', 'blocked'),
        ('quarantined', 'issued'),
        ('quarantined', 'discarded'),
        ('quarantined', 'expired'),
        ('quarantined', 'separated'),
        ('available', 'reserved'),
        ('available', 'issued'),
        ('available', 'in_transit'),
        ('available', 'blocked'),
        ('available', 'discarded'),
        ('available', 'expired'),
        ('available', 'separated'),
        ('reserved', 'available'),
        ('reserved', 'issued'),
        ('reserved', 'blocked'),
        ('reserved', 'discarded'),
        ('reserved', 'expired'),
        ('in_transit', 'available'),
        ('in_transit', 'blocked'),
        ('in_transit', 'discarded'),
        ('in_transit', 'expired'),
        ('issued', 'transfused'),
        ('issued', 'blocked'),
        ('issued', 'discarded'),
        ('blocked', 'available'),
        ('blocked', 'blocked'),
        ('blocked', 'discarded'),
        ('blocked', 'separated'),
        ('expired', 'expired'),
        ('expired', 'discarded')
    )
$$;
"""

# One place for what has to stand beside a movement; each answers with a sentence, or with nothing.
BESIDE = """
CREATE FUNCTION against_issue(bag centers_bag) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    going centers_issue%ROWTYPE;
    verdict text;
    emergency boolean;
BEGIN
    SELECT i.* INTO going FROM centers_issue i WHERE i.bag_id = bag.id
        AND NOT EXISTS (SELECT FROM centers_return r WHERE r.issue_id = i.id);
    SELECT v.verdict INTO verdict FROM centers_component c
        JOIN centers_compatibility v ON v.family = c.family AND v.donor = bag.blood_group
            AND v.recipient = going.recipient_group
        WHERE c.code = bag.component_id;
    emergency := EXISTS (
        SELECT FROM centers_emergencyrelease WHERE bag_id = bag.id
            AND request_id = going.request_id AND second_id IS NOT NULL
    );
    RETURN CASE
        WHEN verdict IS NULL
            OR verdict <> 'compatible' AND NOT (emergency AND verdict = 'emergency_only')
            THEN 'no compatible issue stands beside the movement'
        WHEN bag.state = 'quarantined' AND NOT emergency
            THEN 'from quarantine only an emergency release lets a bag go'
        WHEN bag.state = 'reserved' AND NOT EXISTS (
            SELECT FROM centers_reservation
            WHERE bag_id = bag.id AND ended_at IS NULL AND request_id = going.request_id
        ) THEN 'reserved for another request'
        ELSE '' END;
END
$$;

CREATE FUNCTION against_stock(bag centers_bag, who bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    box centers_transferbag%ROWTYPE;
BEGIN
    SELECT * INTO box FROM centers_transferbag WHERE bag_id = bag.id ORDER BY id DESC LIMIT 1;
    RETURN CASE
        WHEN bag.state IN ('quarantined', 'blocked') AND (who IS NULL OR EXISTS (
            SELECT FROM centers_result WHERE donation_id = bag.donation_id AND entered_by_id = who
        )) THEN 'the releaser entered a result of this donation'
        WHEN bag.state = 'blocked' AND EXISTS (
            SELECT FROM centers_issue i JOIN centers_return r ON r.issue_id = i.id
            WHERE i.bag_id = bag.id AND r.by_id = who
                AND i.id = (SELECT max(id) FROM centers_issue WHERE bag_id = bag.id)
        ) THEN 'a second person puts back what one took in'
        WHEN bag.state = 'blocked' AND against_coming_back(bag.id) <> '' THEN against_coming_back(bag.id)
        WHEN bag.state = 'reserved' AND EXISTS (
            SELECT FROM centers_reservation WHERE bag_id = bag.id AND ended_at IS NULL
        ) THEN 'the reservation still stands'
        WHEN bag.state = 'in_transit' AND NOT coalesce(box.unpacked OR box.arrived, false)
            THEN 'no transfer stands beside the movement'
        WHEN bag.state = '' AND NOT EXISTS (
            SELECT FROM centers_movement
            WHERE bag_id = bag.made_from_id AND from_state = 'available' AND to_state = 'separated'
                AND at >= now()
        ) THEN 'a bag begins in stock only when it is made from one in stock'
        ELSE '' END;
END
$$;

CREATE FUNCTION against_place(bag centers_bag, place bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    box centers_transferbag%ROWTYPE;
    sent centers_transfer%ROWTYPE;
BEGIN
    SELECT * INTO box FROM centers_transferbag WHERE bag_id = bag.id ORDER BY id DESC LIMIT 1;
    SELECT * INTO sent FROM centers_transfer WHERE id = box.transfer_id;
    RETURN CASE
        WHEN place = bag.center_id AND bag.state = 'in_transit' AND box.arrived
            THEN 'a bag changes its place by a transfer only'
        WHEN place <> bag.center_id AND NOT coalesce(
            box.arrived AND sent.receiver_id = place AND sent.sender_id = bag.center_id
                AND sent.state IN ('packed', 'received')
                AND bag.state IN ('in_transit', 'blocked', 'expired'), false
        ) THEN 'a bag changes its place by a transfer only'
        ELSE '' END;
END
$$;
"""

MOVEMENT = """
CREATE OR REPLACE FUNCTION movement_moves_the_bag() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    why text := '';
    emergency boolean;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id FOR UPDATE;
    SELECT coalesce(max(seq), 0) + 1 INTO NEW.seq FROM centers_movement WHERE bag_id = NEW.bag_id;
    NEW.at := clock_timestamp();
    IF NEW.from_state <> bag.state THEN
        why := format('the bag is %s, not %s', bag.state, NEW.from_state);
    ELSIF NOT bag_may_go(NEW.from_state, NEW.to_state)
        OR NEW.from_state = NEW.to_state AND NEW.center_id = bag.center_id
    THEN
        why := format('a bag does not go from %s to %s', bag.state, NEW.to_state);
    ELSIF NEW.to_state IN ('available', 'reserved', 'issued', 'in_transit', 'separated')
        AND bag.expires_at <= NEW.at
    THEN
        why := 'the bag has expired';
    ELSIF NEW.to_state = 'expired' AND bag.expires_at > NEW.at THEN
        why := 'the bag has not expired';
    ELSE
        why := against_place(bag, NEW.center_id);
    END IF;
    IF why = '' AND NEW.to_state = 'issued' THEN
        why := against_issue(bag);
    END IF;
    IF why = '' AND NEW.to_state = 'available' THEN
        why := against_stock(bag, NEW.by_id);
    END IF;
    IF why = '' AND NEW.to_state IN ('available', 'reserved', 'issued', 'in_transit') THEN
        IF EXISTS (
            SELECT FROM centers_recall WHERE donation_id = bag.donation_id AND closed_at IS NULL
        ) THEN
            why := 'the donation is recalled';
        ELSE
            emergency := NEW.to_state = 'issued' AND bag.state = 'quarantined';
            why := CASE WHEN emergency THEN emergency_hindrance(bag.id)
                ELSE bag_release_hindrance(bag.id) END;
            why := CASE WHEN why = '' THEN '' ELSE 'bag not released: ' || why END;
        END IF;
    END IF;
    IF why = '' AND NEW.to_state = 'reserved' AND NOT EXISTS (
        SELECT FROM centers_reservation WHERE bag_id = bag.id AND ended_at IS NULL
    ) THEN
        why := 'no reservation stands beside the movement';
    END IF;
    IF why = '' AND NEW.from_state = 'issued' AND NEW.to_state = 'blocked' AND EXISTS (
        SELECT FROM centers_issue i LEFT JOIN centers_return r ON r.issue_id = i.id
        WHERE i.bag_id = bag.id AND r.id IS NULL
    ) THEN
        why := 'no return stands beside the movement';
    END IF;
    IF why = '' AND NEW.to_state = 'in_transit' AND NOT EXISTS (
        SELECT FROM centers_transferbag tb JOIN centers_transfer t ON t.id = tb.transfer_id
        WHERE tb.bag_id = bag.id AND tb.arrived IS NULL AND NOT tb.unpacked
            AND t.sender_id = bag.center_id AND t.state = 'approved'
    ) THEN
        why := 'no transfer stands beside the movement';
    END IF;
    IF why = '' AND NEW.to_state = 'separated' AND EXISTS (
        SELECT FROM centers_transferbag WHERE bag_id = bag.id AND arrived IS NULL AND NOT unpacked
    ) THEN
        why := 'the bag is in a box';
    END IF;
    IF why <> '' THEN
        RAISE EXCEPTION '%', why USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

-- Two rows of one statement both find the bag where it was before either.
CREATE FUNCTION bag_is_moved() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER bag_is_moved AFTER INSERT ON centers_movement
    FOR EACH ROW EXECUTE FUNCTION bag_is_moved();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0020_guard_bags")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (WAYS, BESIDE, MOVEMENT)
    ]
