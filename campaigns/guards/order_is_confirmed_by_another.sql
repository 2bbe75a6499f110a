-- Without this one person alone could let invitations leave that nobody approves.
CREATE OR REPLACE FUNCTION order_is_confirmed_by_another() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    given campaigns_standingorder;
    why text;
BEGIN
    SELECT * INTO given FROM campaigns_standingorder WHERE id = NEW.order_id;
    PERFORM 1 FROM campaigns_operation WHERE id = given.operation_id FOR UPDATE;
    why := CASE
        WHEN given.by_id = NEW.by_id THEN 'order_is_confirmed_by_another'
        WHEN NOT EXISTS (SELECT FROM donors_user WHERE id = NEW.by_id AND is_administrator)
            THEN 'administrator_directs_an_operation'
        WHEN EXISTS (SELECT FROM campaigns_operation WHERE id = given.operation_id AND closed_at IS NOT NULL)
            THEN 'operation_is_open'
        WHEN given.approval <> 'nobody' OR NEW.at < given.made_at OR NEW.at >= given.valid_until OR EXISTS (
            SELECT FROM campaigns_standingorder later
            WHERE later.operation_id = given.operation_id AND later.number > given.number
        ) THEN 'order_waits_to_be_confirmed'
    END;
    IF why <> '' THEN
        RAISE EXCEPTION 'this order is not confirmed like that'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = why;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER order_is_confirmed_by_another BEFORE INSERT ON campaigns_orderconfirmation
    FOR EACH ROW EXECUTE FUNCTION order_is_confirmed_by_another();
