-- Without this a published day could be changed under a unit that is taking it.
CREATE OR REPLACE FUNCTION open_day_is_withdrawn_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
        OR to_jsonb(NEW) - 'withdrawn_at' IS DISTINCT FROM to_jsonb(OLD) - 'withdrawn_at'
    THEN
        RAISE EXCEPTION 'an open day is kept as it was published, and withdrawn once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'open_day_is_withdrawn_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER open_day_is_withdrawn_once BEFORE UPDATE OR DELETE ON campaigns_openday
    FOR EACH ROW EXECUTE FUNCTION open_day_is_withdrawn_once();
