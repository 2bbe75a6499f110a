-- Uses the advisory lock of number_is_free. Without this a number could be voided that is on a bag.
CREATE OR REPLACE FUNCTION voided_number_is_unused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.din, 0));
    IF EXISTS (SELECT FROM centers_donation WHERE din = NEW.din) OR EXISTS (
        SELECT FROM centers_bleeding WHERE din = NEW.din AND ended_at IS NULL
    ) THEN
        RAISE EXCEPTION 'donation_number_is_used_once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'donation_number_is_used_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER voided_number_is_unused BEFORE INSERT ON centers_voidednumber
    FOR EACH ROW EXECUTE FUNCTION voided_number_is_unused();
