-- Without this a tick could be given to another person or day afterwards, or vanish.
CREATE OR REPLACE FUNCTION tick_is_undone_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL
        OR (NEW.campaign_id, NEW.item, NEW.at, NEW.by_id)
            IS DISTINCT FROM (OLD.campaign_id, OLD.item, OLD.at, OLD.by_id)
    THEN
        RAISE EXCEPTION 'a tick is kept, and undone once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tick_is_undone_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER tick_is_undone_once BEFORE UPDATE OR DELETE ON campaigns_checklisttick
    FOR EACH ROW EXECUTE FUNCTION tick_is_undone_once();
