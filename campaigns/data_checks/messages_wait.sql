-- A message that was to leave an hour ago, though its channel runs: no worker sends it.
SELECT cause::text FROM campaigns_notification n
WHERE state = 'pending' AND due_at < %(now)s - interval '1 hour' AND NOT EXISTS (
    SELECT FROM campaigns_channelstop s WHERE s.channel = n.channel AND s.ended_at IS NULL)
