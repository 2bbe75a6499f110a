-- The bags in a refrigerator, or in a box by its number, at a moment, and what was made of them since; of a product
-- that was not made after all, its bag. Without it an alarm would block what lies there now, and not what lay there
-- when it was too warm.
CREATE OR REPLACE FUNCTION bags_that_lay_there(the_equipment bigint, moment timestamptz)
RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line AS (
        SELECT bag_id AS id FROM centers_placement
        WHERE equipment_id = the_equipment AND since <= moment AND (until IS NULL OR until > moment)
        UNION
        SELECT b.bag_id FROM centers_equipment e
            JOIN centers_transfer t ON t.box = e.name AND e.center_id IN (t.sender_id, t.receiver_id)
            JOIN centers_transferbag b ON b.transfer_id = t.id AND NOT b.unpacked
        WHERE e.id = the_equipment AND e.kind = 'box' AND t.packed_at <= moment
            AND (t.received_at IS NULL OR t.received_at > moment)
        UNION
        SELECT next.id FROM line JOIN centers_bag b ON b.id = line.id CROSS JOIN LATERAL (
            SELECT made.id FROM centers_bag made WHERE made.made_from_id = b.id AND made.state <> 'undone'
            UNION
            SELECT pool_id FROM centers_poolpart WHERE part_id = b.id
            UNION
            SELECT b.made_from_id WHERE b.state = 'undone'
        ) next
    )
    SELECT id FROM line
$$;
