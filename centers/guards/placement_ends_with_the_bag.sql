-- Without this a bag that has left would still be counted in its refrigerator, and be blocked by its alarms.
CREATE OR REPLACE FUNCTION placement_ends_with_the_bag() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE centers_placement SET until = NEW.at WHERE bag_id = NEW.bag_id AND until IS NULL;
    RETURN NULL;
END
$$;

CREATE TRIGGER placement_ends_with_the_bag AFTER INSERT ON centers_movement
    FOR EACH ROW WHEN (NEW.to_state IN ('in_transit', 'issued', 'transfused', 'separated', 'undone', 'discarded'))
    EXECUTE FUNCTION placement_ends_with_the_bag();
