-- Blocks the bags of a donation that are in stock or in transit; with the last argument also those in quarantine.
-- Without it bad news would leave some of the bags in stock.
CREATE OR REPLACE FUNCTION block_bags(the_donation bigint, who bigint, because text, waiting_too boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    bag record;
BEGIN
    PERFORM FROM centers_donation WHERE id = the_donation FOR SHARE;
    PERFORM FROM centers_bag WHERE id IN (SELECT reached_bags(the_donation)) ORDER BY id FOR UPDATE;
    FOR bag IN
        SELECT id, state, center_id FROM centers_bag WHERE id IN (SELECT reached_bags(the_donation))
            AND (state IN ('released', 'available', 'reserved', 'in_transit') OR state = 'quarantined' AND waiting_too)
        ORDER BY id
    LOOP
        INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)
        VALUES (bag.id, 0, bag.state, 'blocked', bag.center_id, now(), who, because);
    END LOOP;
END
$$;
