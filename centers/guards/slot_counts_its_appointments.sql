-- Places are counted by appointment_takes_its_place only; the program's role has no right to (rights.csv).
-- Without this a slot could begin with a wrong count and be overbooked.
CREATE OR REPLACE FUNCTION slot_counts_its_appointments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.taken <> 0 THEN
        RAISE EXCEPTION 'the places taken are counted from the appointments'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'places_are_counted_from_appointments';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER slot_counts_its_appointments BEFORE INSERT ON centers_slot
    FOR EACH ROW EXECUTE FUNCTION slot_counts_its_appointments();
