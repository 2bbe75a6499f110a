-- Without this the label of another blood service, scanned by mistake, would become the number of our bag.
CREATE OR REPLACE FUNCTION bleeding_is_of_a_known_facility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facility_is_of_the_session(NEW.din, (SELECT session_id FROM centers_visit WHERE id = NEW.visit_id));
    RETURN NEW;
END
$$;

CREATE TRIGGER bleeding_is_of_a_known_facility BEFORE INSERT ON centers_bleeding
    FOR EACH ROW EXECUTE FUNCTION bleeding_is_of_a_known_facility();
