-- The unit is locked while it is looked at: a closing that is not yet committed is waited for, so that
-- it and a newcomer never pass each other. Without this people would be put into a unit that is just being closed.
CREATE OR REPLACE FUNCTION unit_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed date;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.unit_id = OLD.unit_id AND NEW.until IS NOT NULL
            AND NEW.until <= coalesce(OLD.until, 'infinity')
        THEN
            RETURN NEW;
        END IF;
    END IF;
    SELECT closed_on INTO closed FROM donors_unit WHERE id = NEW.unit_id FOR SHARE;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'a closed unit gets no new people'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closed_unit_gets_no_new_people';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER membership_of_an_open_unit BEFORE INSERT ON donors_membership
    FOR EACH ROW EXECUTE FUNCTION unit_is_open();

CREATE TRIGGER membership_stays_with_an_open_unit BEFORE UPDATE OF unit_id, until ON donors_membership
    FOR EACH ROW EXECUTE FUNCTION unit_is_open();

CREATE TRIGGER officer_of_an_open_unit BEFORE INSERT ON donors_officer
    FOR EACH ROW EXECUTE FUNCTION unit_is_open();

CREATE TRIGGER officer_stays_with_an_open_unit BEFORE UPDATE OF unit_id, until ON donors_officer
    FOR EACH ROW EXECUTE FUNCTION unit_is_open();
