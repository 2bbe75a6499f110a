-- A reserved bag has one live reservation, and no other bag has one (I26).
SELECT public_id::text FROM centers_bag b WHERE (state = 'reserved') <> EXISTS (
    SELECT FROM centers_reservation r WHERE r.bag_id = b.id AND r.ended_at IS NULL)
