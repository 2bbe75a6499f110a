-- Without this the figures of a warning could be rewritten after the managers were told.
CREATE OR REPLACE FUNCTION early_warning_closes_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL
        OR (NEW.center_id, NEW.family, NEW.blood_group, NEW.days, NEW.lowest, NEW.under_at, NEW.opened_at)
            IS DISTINCT FROM
            (OLD.center_id, OLD.family, OLD.blood_group, OLD.days, OLD.lowest, OLD.under_at, OLD.opened_at)
    THEN
        RAISE EXCEPTION 'an early warning is kept, and closes once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'early_warning_closes_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER early_warning_closes_once BEFORE UPDATE OR DELETE ON campaigns_earlywarning
    FOR EACH ROW EXECUTE FUNCTION early_warning_closes_once();
