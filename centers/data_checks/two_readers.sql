-- Each test of a bag in stock was read by two people (I10).
SELECT DISTINCT b.public_id::text FROM centers_bag b JOIN centers_result r USING (donation_id)
    LEFT JOIN centers_result o ON o.donation_id = r.donation_id AND o.marker_id = r.marker_id
        AND o.version = r.version AND o.entry = 3 - r.entry AND o.entered_by_id <> r.entered_by_id
WHERE b.state IN ('available', 'reserved', 'in_transit') AND o.id IS NULL
