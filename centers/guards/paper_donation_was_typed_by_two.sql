-- Without this one person could enter a donation as one from paper and bypass every rule of the day.
CREATE OR REPLACE FUNCTION paper_donation_was_typed_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM centers_paperrecord WHERE visit_id = NEW.visit_id) THEN
        RAISE EXCEPTION 'a donation from paper is typed by two people'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'paper_donation_was_typed_by_two';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER paper_donation_was_typed_by_two BEFORE INSERT ON centers_donation
    FOR EACH ROW WHEN (NEW.mode = 'paper') EXECUTE FUNCTION paper_donation_was_typed_by_two();
