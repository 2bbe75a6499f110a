-- No bag in stock is past its time (I12); the hour is for the task that takes them out.
SELECT public_id::text FROM centers_bag
WHERE state IN ('quarantined', 'released', 'available', 'reserved')
    AND expires_at <= %(now)s - interval '1 hour'
