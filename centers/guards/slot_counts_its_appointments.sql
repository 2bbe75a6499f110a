-- Only appointment_takes_its_place counts places. Without this a program could write the count and overbook the
-- slot.
CREATE OR REPLACE FUNCTION slot_counts_its_appointments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.taken <> 0
        OR TG_OP = 'UPDATE' AND NEW.taken <> OLD.taken AND pg_trigger_depth() < 2
    THEN
        RAISE EXCEPTION 'the places taken are counted from the appointments'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'places_are_counted_from_appointments';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER slot_counts_its_appointments BEFORE INSERT OR UPDATE ON centers_slot
    FOR EACH ROW EXECUTE FUNCTION slot_counts_its_appointments();
