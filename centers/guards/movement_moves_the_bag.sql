-- Every change of a bag's state passes here: locks the bag, numbers the movement and checks the transition.
-- Without this untested, expired or recalled blood could be issued.
CREATE OR REPLACE FUNCTION movement_moves_the_bag() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    why text := '';
    said text := '';
    emergency boolean;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id FOR UPDATE;
    SELECT coalesce(max(seq), 0) + 1 INTO NEW.seq FROM centers_movement WHERE bag_id = NEW.bag_id;
    NEW.at := clock_timestamp();
    IF NEW.from_state <> bag.state THEN
        why := 'bag_is_not_in_that_state';
    ELSIF NEW.from_state IN ('discarded', 'expired') AND NEW.to_state IN ('blocked', 'transfused') THEN
        why := against_finding(NEW.bag_id, NEW.to_state);
    ELSIF NOT bag_may_go(NEW.from_state, NEW.to_state)
        OR NEW.from_state = NEW.to_state AND NEW.center_id = bag.center_id
    THEN
        why := 'bag_does_not_go_there';
    ELSIF NEW.to_state IN ('released', 'available', 'reserved', 'issued', 'in_transit', 'separated')
        AND bag.expires_at <= NEW.at
    THEN
        why := 'bag_has_expired';
    ELSIF NEW.to_state = 'expired' AND bag.expires_at > NEW.at THEN
        why := 'bag_has_not_expired';
    ELSE
        why := against_place(bag, NEW.center_id);
    END IF;
    IF why = '' AND (NEW.to_state = 'undone' OR NEW.from_state = 'separated') THEN
        why := against_undoing(bag, NEW.to_state);
    END IF;
    IF why = '' AND NEW.to_state = 'issued' THEN
        why := against_issue(bag);
    END IF;
    IF why = '' AND NEW.to_state IN ('released', 'available') THEN
        why := against_stock(bag, NEW.to_state, NEW.by_id);
    END IF;
    IF why = '' AND NEW.to_state IN ('released', 'available', 'reserved', 'issued', 'in_transit') THEN
        IF EXISTS (
            SELECT FROM centers_recall WHERE donation_id IN (SELECT donations_in_bag(bag.id)) AND closed_at IS NULL
        ) THEN
            why := 'donation_is_recalled';
        ELSE
            emergency := NEW.to_state = 'issued' AND bag.state = 'quarantined';
            why := CASE WHEN emergency THEN emergency_hindrance(bag.id)
                ELSE bag_release_hindrance(bag.id) END;
            IF why = '' AND emergency AND NOT label_is_read_back(bag, true) THEN
                why := 'label_is_not_read_back';
            END IF;
            said := CASE WHEN why = '' THEN '' ELSE 'bag not released: ' END;
        END IF;
    END IF;
    IF why = '' AND NEW.to_state = 'reserved' AND NOT EXISTS (
        SELECT FROM centers_reservation WHERE bag_id = bag.id AND ended_at IS NULL
    ) THEN
        why := 'movement_has_no_reservation';
    END IF;
    IF why = '' AND NEW.from_state = 'issued' AND NEW.to_state = 'blocked' AND EXISTS (
        SELECT FROM centers_issue i LEFT JOIN centers_return r ON r.issue_id = i.id
        WHERE i.bag_id = bag.id AND r.id IS NULL
    ) THEN
        why := 'movement_has_no_return';
    END IF;
    IF why = '' AND NEW.to_state = 'in_transit' AND NOT EXISTS (
        SELECT FROM centers_transferbag tb JOIN centers_transfer t ON t.id = tb.transfer_id
        WHERE tb.bag_id = bag.id AND tb.arrived IS NULL AND NOT tb.unpacked
            AND t.sender_id = bag.center_id AND t.state = 'approved'
    ) THEN
        why := 'movement_has_no_transfer';
    END IF;
    IF why = '' AND NEW.to_state IN ('separated', 'released') AND EXISTS (
        SELECT FROM centers_transferbag WHERE bag_id = bag.id AND arrived IS NULL AND NOT unpacked
    ) THEN
        why := 'bag_is_in_a_box';
    END IF;
    IF why <> '' THEN
        RAISE EXCEPTION '%', said || replace(why, '_', ' ')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = why;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER movement_moves_the_bag BEFORE INSERT ON centers_movement
    FOR EACH ROW EXECUTE FUNCTION movement_moves_the_bag();
