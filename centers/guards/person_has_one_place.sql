-- Without this a person whose rows were joined could book under one row while the other has a place.
CREATE OR REPLACE FUNCTION person_has_one_place() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM donors_donor WHERE id = NEW.donor_id FOR KEY SHARE;
    IF EXISTS (SELECT FROM centers_appointment
               WHERE donor_id IN (SELECT linked_donor_rows(NEW.donor_id)) AND id <> NEW.id
                   AND state IN ('offered', 'booked'))
    THEN
        RAISE EXCEPTION 'this person has a place already'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'donor_has_one_live_appointment';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER person_has_one_place BEFORE INSERT OR UPDATE OF state ON centers_appointment
    FOR EACH ROW WHEN (NEW.state IN ('offered', 'booked')) EXECUTE FUNCTION person_has_one_place();
