-- Reasons against saying that an ended bag was found or transfused after all, '' if none: only a bag declared lost is
-- found, and a record says where. Without it a discarded bag could come back, or bad news could not be recorded.
CREATE OR REPLACE FUNCTION against_finding(the_bag bigint, will text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN (
            SELECT count(*) FROM centers_foundbag f WHERE f.bag_id = the_bag
                AND f.kind = CASE will WHEN 'blocked' THEN 'found' ELSE will END
        ) <= (
            SELECT count(*) FROM centers_movement f WHERE f.bag_id = the_bag
                AND f.from_state IN ('discarded', 'expired') AND f.to_state = will
        ) THEN 'bag_does_not_go_there'
        WHEN will = 'blocked' AND NOT (m.to_state = 'discarded' AND m.reason = 'lost')
            THEN 'only_a_lost_bag_is_found'
        ELSE '' END
    FROM centers_movement m WHERE m.bag_id = the_bag ORDER BY m.seq DESC LIMIT 1
$$;
