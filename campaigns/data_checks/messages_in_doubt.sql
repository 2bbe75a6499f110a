-- A message of which nobody knows whether it left, a day after it was made.
SELECT cause::text FROM campaigns_notification
WHERE state = 'unknown' AND made_at < %(now)s - interval '1 day'
