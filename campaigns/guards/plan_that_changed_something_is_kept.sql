-- Without this the arithmetic of a decision could be removed.
CREATE OR REPLACE FUNCTION plan_that_changed_something_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.changed AND (TG_OP = 'DELETE' OR NOT NEW.changed) THEN
        RAISE EXCEPTION 'a plan that changed something is kept'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'plan_that_changed_something_is_kept';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER plan_that_changed_something_is_kept BEFORE UPDATE OR DELETE ON campaigns_plan
    FOR EACH ROW EXECUTE FUNCTION plan_that_changed_something_is_kept();
