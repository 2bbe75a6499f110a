-- Without this bags of a donor deferred for the day of the donation would stay in stock, by whatever way the
-- deferral was entered.
CREATE OR REPLACE FUNCTION deferral_takes_the_bags() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT code FROM donors_deferralreason WHERE id = NEW.reason_id) <> 'MA-INTERVAL' THEN
        PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT linked_donor_rows(NEW.donor_id)))
            ORDER BY id FOR KEY SHARE;
        PERFORM bars_take_the_bags(NEW.donor_id, NEW.recorded_by_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER deferral_takes_the_bags AFTER INSERT ON donors_deferral
    FOR EACH ROW EXECUTE FUNCTION deferral_takes_the_bags();
