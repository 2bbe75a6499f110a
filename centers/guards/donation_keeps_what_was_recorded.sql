-- Without this a donation, and its tests with it, could be moved to another donor, number or day.
CREATE OR REPLACE FUNCTION donation_keeps_what_was_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a donation is corrected by a further row, never changed'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'donation_keeps_what_was_recorded';
END
$$;

CREATE TRIGGER donation_keeps_what_was_recorded BEFORE UPDATE ON centers_donation
    FOR EACH ROW EXECUTE FUNCTION donation_keeps_what_was_recorded();
