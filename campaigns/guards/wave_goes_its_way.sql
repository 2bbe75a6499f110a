-- Without this a wave that a person refused or took back could still be sent, or a sent one be sent twice.
CREATE OR REPLACE FUNCTION wave_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('proposed', 'held') OR NEW.size <> 0 THEN
            RAISE EXCEPTION 'a wave begins as a proposal or held'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'wave_goes_its_way';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('proposed', 'held'), ('proposed', 'refused'), ('proposed', 'dropped'),
        ('held', 'sent'), ('held', 'undone'), ('held', 'dropped')
    ) OR OLD.state = 'held' AND NEW.state = 'held' AND NEW.size_wanted > OLD.size_wanted
        OR OLD.state NOT IN ('proposed', 'held') AND (NEW.size_wanted, NEW.plan_id, NEW.because)
            IS DISTINCT FROM (OLD.size_wanted, OLD.plan_id, OLD.because)
    THEN
        RAISE EXCEPTION 'a wave does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'wave_goes_its_way';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER wave_goes_its_way BEFORE INSERT OR UPDATE ON campaigns_wave
    FOR EACH ROW EXECUTE FUNCTION wave_goes_its_way();
