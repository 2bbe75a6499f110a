-- Without this a reading that contradicts the group on record would not hold the person's bags.
CREATE OR REPLACE FUNCTION reading_updates_the_doubt() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT kind FROM centers_marker WHERE id = NEW.marker_id) = 'group' THEN
        PERFORM update_group_doubt(d.donor_id, d.id, NEW.id, NEW.entered_by_id, 'reading')
            FROM centers_donation d WHERE d.id = NEW.donation_id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER reading_updates_the_doubt AFTER INSERT ON centers_result
    FOR EACH ROW EXECUTE FUNCTION reading_updates_the_doubt();
