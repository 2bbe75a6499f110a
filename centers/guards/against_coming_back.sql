-- Reasons against returning a bag to stock, '' if none: it or a bag it was made from was blocked, or it is in a
-- box. Without it a bag that was warm, or is in transit, would come back into stock.
CREATE OR REPLACE FUNCTION against_coming_back(the_bag bigint) RETURNS text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line AS (
        SELECT the_bag AS id
        UNION ALL
        SELECT b.made_from_id FROM line JOIN centers_bag b ON b.id = line.id
            JOIN centers_movement m ON m.bag_id = b.made_from_id
                AND m.from_state = 'blocked' AND m.to_state = 'separated'
    )
    SELECT CASE
        WHEN EXISTS (
            SELECT FROM line JOIN centers_issue i ON i.bag_id = line.id
                LEFT JOIN centers_return r ON r.issue_id = i.id
            WHERE r.id IS NULL OR NOT r.cold_chain_kept
        ) THEN 'bag_has_no_return_with_its_cold_chain'
        WHEN EXISTS (
            SELECT FROM line WHERE (
                SELECT reason FROM centers_movement WHERE bag_id = line.id AND to_state = 'blocked'
                ORDER BY seq DESC LIMIT 1
            ) NOT IN ('screening', 'recall', 'deferral', 'came back', 'group', 'temperature')
        ) THEN 'what_blocked_the_bag_does_not_clear_up'
        WHEN EXISTS (SELECT FROM line WHERE temperature_holds_the_bag(line.id)) THEN 'temperature_holds_the_bag'
        WHEN EXISTS (
            SELECT FROM centers_transferbag WHERE bag_id = the_bag AND arrived IS NULL AND NOT unpacked
        ) THEN 'bag_is_in_a_box'
        ELSE '' END
$$;
