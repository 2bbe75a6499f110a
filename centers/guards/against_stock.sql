-- What stands against putting a bag into stock. Without it one person could test and release, or a bag
-- come back that was warm, in a box or never released. '' where nothing does.
CREATE OR REPLACE FUNCTION against_stock(bag centers_bag, who bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
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
