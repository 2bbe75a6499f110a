-- Without this the times, the kit or the arm of a bleeding could be changed after an adverse reaction.
CREATE OR REPLACE FUNCTION bleeding_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL
        OR (NEW.visit_id, NEW.din, NEW.check_character, NEW.device, NEW.kit_id, NEW.lot, NEW.arm,
            NEW.started_at, NEW.started_by_id)
            IS DISTINCT FROM
            (OLD.visit_id, OLD.din, OLD.check_character, OLD.device, OLD.kit_id, OLD.lot, OLD.arm,
            OLD.started_at, OLD.started_by_id)
    THEN
        RAISE EXCEPTION 'a bleeding is ended once; what was wrong is corrected by a further row'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bleeding_is_ended_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER bleeding_ends_once BEFORE UPDATE ON centers_bleeding
    FOR EACH ROW EXECUTE FUNCTION bleeding_ends_once();
