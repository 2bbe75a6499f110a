-- The shelf life counts from when the bag was made. Without this a time in the future would lengthen it; five
-- minutes are allowed for clocks that differ.
CREATE OR REPLACE FUNCTION bag_was_made_by_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a bag is made before it is entered'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bag_was_made_by_now';
END
$$;

CREATE TRIGGER bag_was_made_by_now BEFORE INSERT ON centers_bag
    FOR EACH ROW WHEN (
        NEW.made_at > clock_timestamp() + interval '5 minutes'
    ) EXECUTE FUNCTION bag_was_made_by_now();
