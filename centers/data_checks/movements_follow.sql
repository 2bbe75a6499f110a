-- Each movement begins in the state in which the one before ended, and not earlier (I4).
SELECT b.public_id::text FROM (
    SELECT bag_id, seq, at, from_state, row_number() OVER w AS n, lag(at) OVER w AS earlier,
        coalesce(lag(to_state) OVER w, '') AS before
    FROM centers_movement WINDOW w AS (PARTITION BY bag_id ORDER BY seq)) m
JOIN centers_bag b ON b.id = m.bag_id
WHERE m.seq <> m.n OR m.from_state <> m.before OR m.at < m.earlier OR m.at > %(now)s + interval '5 minutes'
