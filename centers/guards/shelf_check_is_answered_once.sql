-- Without this an answer could be taken back or given to another person, and nobody know who looked at the shelf.
CREATE OR REPLACE FUNCTION shelf_check_is_answered_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL OR (NEW.center_id, NEW.component_id, NEW.asked_at)
        IS DISTINCT FROM (OLD.center_id, OLD.component_id, OLD.asked_at)
    THEN
        RAISE EXCEPTION 'a request to look at a shelf is answered once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'shelf_check_is_answered_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER shelf_check_is_answered_once BEFORE UPDATE ON centers_shelfcheck
    FOR EACH ROW EXECUTE FUNCTION shelf_check_is_answered_once();
