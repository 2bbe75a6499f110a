-- Without this a donor could be accepted under age, deferred, or within the interval.
CREATE OR REPLACE FUNCTION visit_is_accepted_within_the_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text := donation_conflict(NEW.donor_id, morocco_day(NEW.decided_at));
BEGIN
    IF why <> '' AND NOT EXISTS (SELECT FROM centers_paperrecord WHERE visit_id = NEW.id) THEN
        RAISE EXCEPTION 'visit refused: %', replace(why, '_', ' ')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = why;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER visit_is_accepted_within_the_rules BEFORE INSERT OR UPDATE OF outcome ON centers_visit
    FOR EACH ROW WHEN (NEW.outcome = 'accepted') EXECUTE FUNCTION visit_is_accepted_within_the_rules();
