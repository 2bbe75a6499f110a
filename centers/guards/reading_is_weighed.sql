-- Without this a reading that contradicts the group on record would not hold the person's bags.
CREATE OR REPLACE FUNCTION reading_is_weighed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT kind FROM centers_marker WHERE id = NEW.marker_id) = 'group' THEN
        PERFORM weigh_the_group(d.donor_id, d.id, NEW.id, NEW.entered_by_id, 'reading')
            FROM centers_donation d WHERE d.id = NEW.donation_id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER reading_is_weighed AFTER INSERT ON centers_result
    FOR EACH ROW EXECUTE FUNCTION reading_is_weighed();
