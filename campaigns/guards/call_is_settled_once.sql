-- Without this an answer that somebody gave on the telephone could be changed, or given to another person.
CREATE OR REPLACE FUNCTION call_is_settled_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.outcome <> ''
        OR (NEW.donor_id, NEW.appeal_id, NEW.public_id)
            IS DISTINCT FROM (OLD.donor_id, OLD.appeal_id, OLD.public_id)
    THEN
        RAISE EXCEPTION 'a call is settled once, and kept'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'call_is_settled_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER call_is_settled_once BEFORE UPDATE OR DELETE ON campaigns_call
    FOR EACH ROW EXECUTE FUNCTION call_is_settled_once();
