-- Without this whom a wave was meant to ask, and at which rates, could be rewritten after it was sent.
CREATE OR REPLACE FUNCTION wave_keeps_its_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM campaigns_wave WHERE state NOT IN ('proposed', 'held')
            AND id = CASE TG_OP WHEN 'DELETE' THEN OLD.wave_id ELSE NEW.wave_id END
    ) THEN
        RAISE EXCEPTION 'the parts of a wave that is over are kept'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'wave_keeps_its_parts';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER wave_keeps_its_parts BEFORE INSERT OR DELETE ON campaigns_wavepart
    FOR EACH ROW EXECUTE FUNCTION wave_keeps_its_parts();
