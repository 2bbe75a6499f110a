-- Without this a doctor's deferral could be erased, and the next doctor would decide without knowing of it.
CREATE OR REPLACE FUNCTION visit_keeps_the_doctors_no() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the doctor''s no stands'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'no_of_the_doctor_stands';
END
$$;

CREATE TRIGGER visit_keeps_the_doctors_no BEFORE UPDATE OF deferred_for_id ON centers_visit
    FOR EACH ROW WHEN (
        OLD.deferred_for_id IS NOT NULL AND NEW.deferred_for_id IS NULL
    ) EXECUTE FUNCTION visit_keeps_the_doctors_no();
