-- A bag in transit lies in a box that is on its way (I25).
SELECT public_id::text FROM centers_bag b WHERE state = 'in_transit' AND NOT EXISTS (
    SELECT FROM centers_transferbag t JOIN centers_transfer r ON r.id = t.transfer_id
    WHERE t.bag_id = b.id AND t.arrived IS NULL AND NOT t.unpacked AND r.packed_at IS NOT NULL)
