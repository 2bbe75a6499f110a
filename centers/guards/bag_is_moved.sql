-- AFTER, because two rows of one statement would both see the bag's state before the statement. Without this the
-- bag would stay in its old state after the movement.
CREATE OR REPLACE FUNCTION bag_is_moved() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE centers_bag SET state = NEW.to_state, center_id = NEW.center_id
        WHERE id = NEW.bag_id AND state = NEW.from_state;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the bag is not % any more', NEW.from_state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bag_is_not_in_that_state';
    END IF;
    IF NEW.from_state = 'reserved' AND NEW.to_state NOT IN ('issued', 'available') THEN
        UPDATE centers_reservation SET ended_at = NEW.at
        WHERE bag_id = NEW.bag_id AND ended_at IS NULL;
    END IF;
    -- A pick waits for its second look on the shelf only.
    IF NEW.to_state NOT IN ('reserved', 'issued') THEN
        UPDATE centers_pick SET ended_at = NEW.at WHERE bag_id = NEW.bag_id AND ended_at IS NULL;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER bag_is_moved AFTER INSERT ON centers_movement
    FOR EACH ROW EXECUTE FUNCTION bag_is_moved();
