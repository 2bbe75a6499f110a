-- The bags that a centre keeps for itself: its routine floor or its relief reserve, whichever is higher; 0 without a
-- floor. Locks the floor, so that two transfers, or a transfer and an issue from the reserve, wait for each other.
CREATE OR REPLACE FUNCTION center_keeps(the_center bigint, the_component text, the_group text)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    kept integer;
BEGIN
    SELECT greatest(routine, relief) INTO kept FROM centers_floor
    WHERE center_id = the_center AND component_id = the_component AND blood_group = the_group
    FOR UPDATE;
    RETURN coalesce(kept, 0);
END
$$;
