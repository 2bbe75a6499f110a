-- Reasons against releasing a bag or putting it into stock, '' if none. Without it one person could test and
-- release, or a bag come into stock that was warm, in a box, never released or wrongly labelled.
CREATE OR REPLACE FUNCTION against_stock(bag centers_bag, will text, who bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    box centers_transferbag%ROWTYPE;
BEGIN
    SELECT * INTO box FROM centers_transferbag WHERE bag_id = bag.id ORDER BY id DESC LIMIT 1;
    RETURN CASE
        WHEN bag.state IN ('quarantined', 'blocked') AND (who IS NULL OR EXISTS (
            SELECT FROM centers_result
            WHERE donation_id IN (SELECT donations_in_bag(bag.id)) AND entered_by_id = who
        )) THEN 'releaser_entered_a_result_of_the_donation'
        WHEN bag.state = 'blocked' AND EXISTS (
            SELECT FROM centers_issue i JOIN centers_return r ON r.issue_id = i.id
            WHERE i.bag_id = bag.id AND r.by_id = who
                AND i.id = (SELECT max(id) FROM centers_issue WHERE bag_id = bag.id)
        ) THEN 'second_person_puts_back_what_one_took_in'
        WHEN bag.state = 'blocked' AND against_coming_back(bag.id) <> '' THEN against_coming_back(bag.id)
        WHEN bag.state = 'reserved' AND EXISTS (
            SELECT FROM centers_reservation WHERE bag_id = bag.id AND ended_at IS NULL
        ) THEN 'reservation_still_stands'
        WHEN bag.state = 'in_transit' AND NOT coalesce(box.unpacked OR box.arrived, false)
            THEN 'movement_has_no_transfer'
        WHEN bag.state = '' AND NOT EXISTS (
            SELECT FROM centers_movement
            WHERE bag_id = bag.made_from_id AND from_state IN ('released', 'available') AND to_state = 'separated'
                AND at >= now()
        ) THEN 'bag_begins_in_stock_only_from_one_in_stock'
        WHEN will = 'available' AND bag.state IN ('released', 'blocked', 'separated') AND NOT label_is_read_back(bag, false)
            THEN 'label_is_not_read_back'
        ELSE '' END;
END
$$;
