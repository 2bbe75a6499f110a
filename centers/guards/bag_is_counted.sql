-- Counts on the bag, not on the movement: the group set at release changes the count as well. Without this the
-- levels would drift from the stock, and appeals be missing or wrong.
CREATE OR REPLACE FUNCTION bag_is_counted() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state IN ('quarantined', 'available', 'reserved', 'in_transit') THEN
        UPDATE centers_stocklevel SET
            quarantined = quarantined - (OLD.state = 'quarantined')::int,
            available = available - (OLD.state = 'available')::int,
            reserved = reserved - (OLD.state = 'reserved')::int,
            in_transit = in_transit - (OLD.state = 'in_transit')::int,
            changed_at = clock_timestamp()
        WHERE center_id = OLD.center_id AND component_id = OLD.component_id
            AND blood_group = OLD.blood_group;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no level counts this bag'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bag_is_counted_by_a_level';
        END IF;
    END IF;
    IF NEW.state IN ('quarantined', 'available', 'reserved', 'in_transit') THEN
        PERFORM level_add(NEW.center_id, NEW.component_id, NEW.blood_group, NEW.state, 1);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER bag_is_counted AFTER UPDATE OF state, center_id, blood_group ON centers_bag
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION bag_is_counted();
