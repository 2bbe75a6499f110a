-- Without this a session could be given numbers of another blood service.
CREATE OR REPLACE FUNCTION range_is_of_a_known_facility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facility_is_of_the_session(NEW.first, NEW.session_id);
    IF left(NEW.first, 5) <> left(NEW.last, 5) THEN
        RAISE EXCEPTION 'a range of numbers is of one facility'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'number_range_is_of_one_facility';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER range_is_of_a_known_facility BEFORE INSERT ON centers_numberrange
    FOR EACH ROW EXECUTE FUNCTION range_is_of_a_known_facility();
