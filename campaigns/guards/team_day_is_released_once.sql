-- Without this a team could be taken from one campaign for another without a trace.
CREATE OR REPLACE FUNCTION team_day_is_released_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.released_at IS NOT NULL
        OR to_jsonb(NEW) - 'released_at' IS DISTINCT FROM to_jsonb(OLD) - 'released_at'
    THEN
        RAISE EXCEPTION 'a team is bound as it was, and released once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'team_day_is_released_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER team_day_is_released_once BEFORE UPDATE OR DELETE ON campaigns_teamday
    FOR EACH ROW EXECUTE FUNCTION team_day_is_released_once();
