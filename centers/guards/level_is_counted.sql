-- Stock levels are written by the triggers on bags only. Without this a program could write a wrong level, and no
-- appeal would be sent for a missing group.
CREATE OR REPLACE FUNCTION level_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.center_id, NEW.component_id, NEW.blood_group)
        IS DISTINCT FROM (OLD.id, OLD.center_id, OLD.component_id, OLD.blood_group)
    THEN
        RAISE EXCEPTION 'a level keeps what it counts'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'level_keeps_what_it_counts';
    END IF;
    IF pg_trigger_depth() < 2 AND (TG_OP = 'INSERT'
        OR (NEW.quarantined, NEW.available, NEW.reserved, NEW.in_transit, NEW.changed_at)
            IS DISTINCT FROM
            (OLD.quarantined, OLD.available, OLD.reserved, OLD.in_transit, OLD.changed_at))
    THEN
        RAISE EXCEPTION 'stock is counted from movements'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'stock_is_counted_from_movements';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER level_is_counted BEFORE INSERT OR UPDATE ON centers_stocklevel
    FOR EACH ROW EXECUTE FUNCTION level_is_counted();
