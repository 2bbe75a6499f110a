-- The stock of a centre is the count of its bags (I25): plans and appeals read it.
SELECT concat_ws(' ', center_id, component_id, blood_group)
FROM centers_stocklevel l FULL JOIN (
    SELECT center_id, component_id, blood_group,
        count(*) FILTER (WHERE state = 'quarantined')::int AS quarantined,
        count(*) FILTER (WHERE state = 'available')::int AS available,
        count(*) FILTER (WHERE state = 'reserved')::int AS reserved,
        count(*) FILTER (WHERE state = 'in_transit')::int AS in_transit
    FROM centers_bag GROUP BY 1, 2, 3) b USING (center_id, component_id, blood_group)
WHERE (coalesce(l.quarantined, 0), coalesce(l.available, 0), coalesce(l.reserved, 0),
        coalesce(l.in_transit, 0)) IS DISTINCT FROM
    (coalesce(b.quarantined, 0), coalesce(b.available, 0), coalesce(b.reserved, 0),
        coalesce(b.in_transit, 0))
