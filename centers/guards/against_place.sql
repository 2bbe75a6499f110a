-- Reasons against a bag changing its centre, '' if none. Without it a bag could be booked into a centre to which
-- no box brought it.
CREATE OR REPLACE FUNCTION against_place(bag centers_bag, place bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    box centers_transferbag%ROWTYPE;
    sent centers_transfer%ROWTYPE;
BEGIN
    SELECT * INTO box FROM centers_transferbag WHERE bag_id = bag.id ORDER BY id DESC LIMIT 1;
    SELECT * INTO sent FROM centers_transfer WHERE id = box.transfer_id;
    RETURN CASE
        WHEN place = bag.center_id AND bag.state = 'in_transit' AND box.arrived
            THEN 'bag_changes_its_place_by_a_transfer_only'
        WHEN place <> bag.center_id AND NOT coalesce(
            box.arrived AND sent.receiver_id = place AND sent.sender_id = bag.center_id
                AND sent.state IN ('packed', 'received')
                AND bag.state IN ('in_transit', 'blocked', 'expired'), false
        ) THEN 'bag_changes_its_place_by_a_transfer_only'
        ELSE '' END;
END
$$;
