-- Only the triggers of bags count a level: the program's role has no right to (rights.csv). Without this a
-- level could become one of another group, and no appeal would go out for the group that is missing.
CREATE OR REPLACE FUNCTION level_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.center_id, NEW.component_id, NEW.blood_group)
        IS DISTINCT FROM (OLD.id, OLD.center_id, OLD.component_id, OLD.blood_group)
    THEN
        RAISE EXCEPTION 'a level keeps what it counts'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'level_keeps_what_it_counts';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER level_is_counted BEFORE UPDATE ON centers_stocklevel
    FOR EACH ROW EXECUTE FUNCTION level_is_counted();
