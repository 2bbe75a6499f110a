-- Without this blood could be asked for, and leave, for nobody.
CREATE OR REPLACE FUNCTION request_names_the_patient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.patient_id IS NULL OR NEW.center_id <> (SELECT center_id FROM centers_patient WHERE id = NEW.patient_id) THEN
        RAISE EXCEPTION 'a request names the patient'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'request_names_the_patient';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER request_names_the_patient BEFORE INSERT ON centers_request
    FOR EACH ROW EXECUTE FUNCTION request_names_the_patient();
