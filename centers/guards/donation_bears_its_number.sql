-- Without this a bag could have another number than its bleeding, and be traced to another donor.
CREATE OR REPLACE FUNCTION donation_bears_its_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM number_is_free(NEW.din, NEW.session_id, NEW.visit_id);
    IF EXISTS (SELECT FROM centers_bleeding WHERE visit_id = NEW.visit_id AND din <> NEW.din) THEN
        RAISE EXCEPTION 'the bag bears another number than the bleeding'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'bag_bears_the_number_of_its_bleeding';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER donation_bears_its_number BEFORE INSERT ON centers_donation
    FOR EACH ROW EXECUTE FUNCTION donation_bears_its_number();
