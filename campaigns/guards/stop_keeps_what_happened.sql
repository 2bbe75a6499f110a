-- Without this the reason and duration of a channel's stop could be changed afterwards.
CREATE OR REPLACE FUNCTION stop_keeps_what_happened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.channel, NEW.reason, NEW.code, NEW.since)
        IS DISTINCT FROM (OLD.channel, OLD.reason, OLD.code, OLD.since)
        OR OLD.ended_at IS NOT NULL
            AND (NEW.ended_at, NEW.ended_by_id) IS DISTINCT FROM (OLD.ended_at, OLD.ended_by_id)
    THEN
        RAISE EXCEPTION 'why and how long a channel stopped is never changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'stop_keeps_what_happened';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER stop_keeps_what_happened BEFORE UPDATE ON campaigns_channelstop
    FOR EACH ROW EXECUTE FUNCTION stop_keeps_what_happened();
