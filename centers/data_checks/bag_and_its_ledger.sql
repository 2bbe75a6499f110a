-- A bag's state and place are those of its last movement (I4), whose numbers have no gap.
SELECT b.public_id::text FROM centers_bag b LEFT JOIN LATERAL (
    SELECT to_state, center_id, seq, (SELECT count(*) FROM centers_movement WHERE bag_id = b.id) AS count
    FROM centers_movement WHERE bag_id = b.id ORDER BY seq DESC LIMIT 1) m ON true
WHERE (b.state, b.center_id, m.count) IS DISTINCT FROM (m.to_state, m.center_id, m.seq::bigint)
