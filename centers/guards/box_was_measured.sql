-- Without this bags from a box that was too warm could be issued before its temperature was recorded.
CREATE OR REPLACE FUNCTION box_was_measured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT transfer_id, arrived FROM centers_transferbag WHERE bag_id = NEW.bag_id
            ORDER BY id DESC LIMIT 1
        ) b JOIN centers_transfer t ON t.id = b.transfer_id
        WHERE b.arrived AND t.state = 'packed'
    ) THEN
        RAISE EXCEPTION 'the box of the bag is not measured'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'box_was_measured';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER box_was_measured BEFORE INSERT ON centers_movement
    FOR EACH ROW WHEN (
        NEW.from_state = 'available' AND NEW.to_state IN (
            'released', 'issued', 'reserved', 'in_transit', 'separated'
        )
    ) EXECUTE FUNCTION box_was_measured();
