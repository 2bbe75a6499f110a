-- A reactive test that no repetition followed keeps the bags of its donation out of stock (I14).
SELECT DISTINCT b.public_id::text FROM centers_bag b JOIN centers_result r USING (donation_id)
WHERE b.state IN ('available', 'reserved', 'in_transit') AND r.outcome = 'reactive' AND NOT EXISTS (
    SELECT FROM centers_repeat t WHERE t.donation_id = r.donation_id
        AND t.marker_id = r.marker_id AND t.version > r.version)
