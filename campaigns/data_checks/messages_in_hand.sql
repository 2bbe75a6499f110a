-- A message that a sender took and never settled, an hour after its lease (I29): nobody takes them back.
SELECT cause::text FROM campaigns_notification
WHERE state IN ('claimed', 'attempting') AND lease_until < %(now)s - interval '1 hour'
