-- At the end of the transaction: who commands whom is read from the path. Without this an officer would
-- see, or write to, people of another unit.
CREATE OR REPLACE FUNCTION unit_path_is_its_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unit donors_unit%ROWTYPE;
BEGIN
    SELECT * INTO unit FROM donors_unit WHERE id = NEW.id;
    IF unit.path <> coalesce((SELECT path FROM donors_unit WHERE id = unit.parent_id), '/')
                    || unit.code || '/'
        OR EXISTS (SELECT FROM donors_unit
                   WHERE parent_id = unit.id AND path <> unit.path || code || '/')
    THEN
        RAISE EXCEPTION 'the path of a unit is the chain above it'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'unit_path_is_its_chain';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER unit_path_is_its_chain AFTER INSERT OR UPDATE OF path, parent_id, code ON donors_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION unit_path_is_its_chain();
