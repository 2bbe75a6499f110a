-- Reasons against undoing a separation, '' if none: of a product, that it was used or too warm; of its bag, that a product is
-- left or that the bag was never in that state. Without it blood could be in two bags of the ledger at once.
CREATE OR REPLACE FUNCTION against_undoing(bag centers_bag, will text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN will = 'undone' AND (bag.made_from_id IS NULL OR bag.opened_at IS NOT NULL
            OR EXISTS (SELECT FROM centers_label WHERE bag_id = bag.id)
            OR EXISTS (SELECT FROM centers_emergencyrelease WHERE bag_id = bag.id)
            OR EXISTS (SELECT FROM centers_issue WHERE bag_id = bag.id)
        ) THEN 'product_was_used'
        WHEN will = 'undone' AND temperature_holds_the_bag(bag.id) THEN 'temperature_holds_the_bag'
        WHEN EXISTS (SELECT FROM centers_poolpart WHERE bag.id IN (pool_id, part_id)) THEN 'product_was_used'
        WHEN bag.state = 'separated' AND EXISTS (
            SELECT FROM centers_bag WHERE made_from_id = bag.id AND state <> 'undone'
        ) THEN 'product_was_used'
        WHEN bag.state = 'separated' AND will <> 'blocked' AND will <> (
            SELECT from_state FROM centers_movement WHERE bag_id = bag.id AND to_state = 'separated'
            ORDER BY seq DESC LIMIT 1
        ) THEN 'bag_does_not_go_there'
        ELSE '' END
$$;
