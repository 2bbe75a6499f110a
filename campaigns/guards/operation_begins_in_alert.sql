-- Every operation has a first phase, also one that another program opened. Without this a reader of phases
-- would have to guess.
CREATE OR REPLACE FUNCTION operation_begins_in_alert() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'an operation is opened before it is closed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'operation_begins_in_alert';
    END IF;
    INSERT INTO campaigns_operationphase (operation_id, number, phase, at, by_id, because)
        VALUES (NEW.id, 1, 'alert', NEW.opened_at, NEW.opened_by_id, '');
    RETURN NULL;
END
$$;

CREATE TRIGGER operation_begins_in_alert AFTER INSERT ON campaigns_operation
    FOR EACH ROW EXECUTE FUNCTION operation_begins_in_alert();
