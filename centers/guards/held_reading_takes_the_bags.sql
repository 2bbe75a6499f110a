-- A machine calls a sample reactive: bags that had been released meanwhile are blocked at once, those in quarantine
-- stay there (bag_release_hindrance). Without this they could be issued while nobody has read the run.
CREATE OR REPLACE FUNCTION held_reading_takes_the_bags() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    given record;
BEGIN
    FOR given IN SELECT id FROM centers_donation WHERE din = NEW.din ORDER BY id LOOP
        PERFORM block_bags(given.id, NULL, 'screening', false);
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER held_reading_takes_the_bags AFTER INSERT ON centers_heldreading
    FOR EACH ROW WHEN (NEW.outcome = 'reactive') EXECUTE FUNCTION held_reading_takes_the_bags();
