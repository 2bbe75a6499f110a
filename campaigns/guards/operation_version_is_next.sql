-- Estimates and orders are versions that an administrator adds while the operation is open. The lock makes the
-- second of two at once the later version. Without this two would each be the last one.
CREATE OR REPLACE FUNCTION operation_version_is_next() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    closed timestamptz;
BEGIN
    SELECT closed_at INTO closed FROM campaigns_operation WHERE id = NEW.operation_id FOR UPDATE;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'the operation is closed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'operation_is_open';
    END IF;
    IF NOT EXISTS (SELECT FROM donors_user WHERE id = NEW.by_id AND is_administrator) THEN
        RAISE EXCEPTION 'an administrator directs an operation'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'administrator_directs_an_operation';
    END IF;
    EXECUTE format('SELECT coalesce(max(number), 0) + 1 FROM %I WHERE operation_id = $1', TG_TABLE_NAME)
        INTO NEW.number USING NEW.operation_id;
    IF NEW.number > 1 AND NEW.because = '' THEN
        RAISE EXCEPTION 'a revision has its reason'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'revision_has_a_reason';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER operation_version_is_next BEFORE INSERT ON campaigns_estimate
    FOR EACH ROW EXECUTE FUNCTION operation_version_is_next();

CREATE TRIGGER operation_version_is_next BEFORE INSERT ON campaigns_standingorder
    FOR EACH ROW EXECUTE FUNCTION operation_version_is_next();
