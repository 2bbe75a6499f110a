-- Where there was a bleeding, its number was checked at its start. Without this a donation without a bleeding
-- could have another facility's number by mistake.
CREATE OR REPLACE FUNCTION donation_is_of_a_known_facility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM centers_bleeding WHERE visit_id = NEW.visit_id AND din = NEW.din) THEN
        PERFORM facility_is_of_the_session(NEW.din, NEW.session_id);
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER donation_is_of_a_known_facility BEFORE INSERT ON centers_donation
    FOR EACH ROW EXECUTE FUNCTION donation_is_of_a_known_facility();
