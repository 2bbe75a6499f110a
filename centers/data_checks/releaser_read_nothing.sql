-- Nobody released a bag whose tests they read (I17).
SELECT DISTINCT b.public_id::text FROM centers_movement m JOIN centers_bag b ON b.id = m.bag_id
    JOIN centers_result r ON r.donation_id = b.donation_id
WHERE m.to_state = 'released' AND (m.by_id IS NULL OR m.by_id = r.entered_by_id)
