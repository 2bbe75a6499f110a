-- Phases go forward; back to the response only from recovery, for a second shock, with a reason; closing has one
-- too, since it stops what the operation opened. The lock makes the second of two at once see the first. Without this an operation could be reopened, or be in two phases.
CREATE OR REPLACE FUNCTION operation_goes_its_way() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last campaigns_operationphase;
BEGIN
    PERFORM 1 FROM campaigns_operation WHERE id = NEW.operation_id FOR UPDATE;
    SELECT * INTO last FROM campaigns_operationphase
        WHERE operation_id = NEW.operation_id ORDER BY number DESC LIMIT 1;
    IF coalesce(last.phase, '') = 'closed' THEN
        RAISE EXCEPTION 'a closed operation stays closed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'operation_is_open';
    ELSIF (coalesce(last.phase, ''), NEW.phase) NOT IN (
        ('', 'alert'), ('alert', 'response'), ('response', 'recovery'), ('recovery', 'response'),
        ('alert', 'closed'), ('response', 'closed'), ('recovery', 'closed')
    ) THEN
        RAISE EXCEPTION 'an operation does not go from % to %', last.phase, NEW.phase
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'operation_goes_its_way';
    ELSIF last.phase = 'recovery' AND NEW.phase = 'response' AND NEW.because = '' THEN
        RAISE EXCEPTION 'a second shock has its reason'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'second_shock_has_a_reason';
    ELSIF NEW.phase = 'closed' AND NEW.because !~ '\S' THEN
        RAISE EXCEPTION 'closing has its reason'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closing_has_a_reason';
    ELSIF NEW.at < last.at THEN
        RAISE EXCEPTION 'a phase does not begin before the last one'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'phase_begins_after_the_last';
    END IF;
    NEW.number := coalesce(last.number, 0) + 1;
    IF NEW.phase = 'closed' THEN
        UPDATE campaigns_operation SET closed_at = NEW.at, closed_by_id = NEW.by_id WHERE id = NEW.operation_id;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER operation_goes_its_way BEFORE INSERT ON campaigns_operationphase
    FOR EACH ROW EXECUTE FUNCTION operation_goes_its_way();
