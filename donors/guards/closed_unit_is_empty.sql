-- At the end of the transaction: without this people would stay behind in a unit that nobody commands or
-- writes to any more, and open units under a closed one would be unreachable.
CREATE OR REPLACE FUNCTION closed_unit_is_empty() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unit donors_unit%ROWTYPE;
    above date;
BEGIN
    SELECT * INTO unit FROM donors_unit WHERE id = NEW.id;
    IF unit.closed_on IS NULL THEN
        SELECT closed_on INTO above FROM donors_unit WHERE id = unit.parent_id FOR SHARE;
        IF above IS NOT NULL THEN
            RAISE EXCEPTION 'no open unit stands under a closed one'
                USING ERRCODE = 'integrity_constraint_violation',
                    CONSTRAINT = 'no_open_unit_stands_under_a_closed_one';
        END IF;
    ELSIF EXISTS (SELECT FROM donors_unit WHERE parent_id = unit.id AND closed_on IS NULL)
        OR EXISTS (SELECT FROM donors_membership WHERE unit_id = unit.id
                   AND (until IS NULL OR until > unit.closed_on))
        OR EXISTS (SELECT FROM donors_officer WHERE unit_id = unit.id
                   AND (until IS NULL OR until > unit.closed_on AND until > since))
    THEN
        RAISE EXCEPTION 'a closed unit is empty: its people and open units go first'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closed_unit_is_empty';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER closed_unit_is_empty AFTER INSERT OR UPDATE OF closed_on, parent_id ON donors_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION closed_unit_is_empty();
