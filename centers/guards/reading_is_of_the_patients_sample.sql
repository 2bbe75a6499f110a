-- Without this what was read of one patient's tube could be written to another patient.
CREATE OR REPLACE FUNCTION reading_is_of_the_patients_sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.patient_id <> (SELECT patient_id FROM centers_sample WHERE id = NEW.sample_id) THEN
        RAISE EXCEPTION 'the sample is of another patient'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reading_is_of_the_patients_sample';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER reading_is_of_the_patients_sample BEFORE INSERT ON centers_patientreading
    FOR EACH ROW WHEN (NEW.sample_id IS NOT NULL) EXECUTE FUNCTION reading_is_of_the_patients_sample();
