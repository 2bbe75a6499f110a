-- Without this a donor could be accepted with measures outside a bound that no doctor overrides.
CREATE OR REPLACE FUNCTION visit_keeps_hard_bounds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken text := broken_bound(NEW, morocco_day(NEW.decided_at));
BEGIN
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'a hard bound is broken: %', broken
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'hard_bound_is_broken';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER visit_keeps_hard_bounds BEFORE INSERT OR UPDATE OF outcome ON centers_visit
    FOR EACH ROW WHEN (NEW.outcome = 'accepted') EXECUTE FUNCTION visit_keeps_hard_bounds();
