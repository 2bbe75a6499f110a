-- Without this a blocked or absent bag could be packed, or a bag be taken out of a box that has left.
CREATE OR REPLACE FUNCTION box_takes_from_the_shelf() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sent text := (SELECT state FROM centers_transfer WHERE id = NEW.transfer_id);
BEGIN
    IF TG_OP = 'INSERT' AND (NEW.arrived IS NOT NULL OR NEW.unpacked
        OR (SELECT state FROM centers_bag WHERE id = NEW.bag_id) <> 'available')
    THEN
        RAISE EXCEPTION 'a bag does not go into a box but from the shelf'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bag_goes_into_a_box_from_the_shelf';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.unpacked OR OLD.arrived IS NOT NULL)
        OR NEW.unpacked AND (sent <> 'approved' OR NEW.arrived IS NOT NULL)
        OR NEW.arrived IS NOT NULL AND sent NOT IN ('packed', 'received')
    THEN
        RAISE EXCEPTION 'centers_transferbag is ended once, where the box is'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'packed_bag_is_ended_where_the_box_is';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER box_takes_from_the_shelf BEFORE INSERT OR UPDATE ON centers_transferbag
    FOR EACH ROW EXECUTE FUNCTION box_takes_from_the_shelf();
