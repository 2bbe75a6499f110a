-- Without this new records could be written under a row that was joined to another one, where no search for the
-- person finds them.
CREATE OR REPLACE FUNCTION donor_stands_for_a_person() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    joined_to bigint;
BEGIN
    -- locked: a joining at the same moment is waited for
    SELECT merged_into_id INTO joined_to FROM donors_donor WHERE id = NEW.donor_id FOR KEY SHARE;
    IF joined_to IS NOT NULL THEN
        RAISE EXCEPTION 'the donor was joined to another row'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'donor_stands_for_a_person';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER appointment_is_of_a_person BEFORE INSERT ON centers_appointment
    FOR EACH ROW EXECUTE FUNCTION donor_stands_for_a_person();

CREATE TRIGGER visit_is_of_a_person BEFORE INSERT ON centers_visit
    FOR EACH ROW EXECUTE FUNCTION donor_stands_for_a_person();

CREATE TRIGGER waiting_is_of_a_person BEFORE INSERT ON centers_waiting
    FOR EACH ROW EXECUTE FUNCTION donor_stands_for_a_person();
