-- Without this the person who measured could override their own measures under another name.
CREATE OR REPLACE FUNCTION override_names_the_measurer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.measured_by_id IS DISTINCT FROM (
        SELECT coalesce(measured_by_id, decided_by_id) FROM centers_visit WHERE id = NEW.visit_id
    ) THEN
        RAISE EXCEPTION 'an override is of another person than the measures'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'override_names_the_measurer';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER override_names_the_measurer BEFORE INSERT ON centers_override
    FOR EACH ROW EXECUTE FUNCTION override_names_the_measurer();
