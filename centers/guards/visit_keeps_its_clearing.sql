-- Without this a doctor's clearing could be added or taken back after the needle was in.
CREATE OR REPLACE FUNCTION visit_keeps_its_clearing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM centers_donation WHERE visit_id = OLD.id)
        OR EXISTS (SELECT FROM centers_bleeding WHERE visit_id = OLD.id)
    THEN
        RAISE EXCEPTION 'the needle was in already'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'needle_was_not_in_yet';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER visit_keeps_its_clearing BEFORE UPDATE ON centers_visit
    FOR EACH ROW WHEN (
        NEW.cleared_at IS DISTINCT FROM OLD.cleared_at
        OR NEW.cleared_by_id IS DISTINCT FROM OLD.cleared_by_id
        OR NEW.cleared_ground IS DISTINCT FROM OLD.cleared_ground
        OR NEW.cleared_because IS DISTINCT FROM OLD.cleared_because
    ) EXECUTE FUNCTION visit_keeps_its_clearing();
