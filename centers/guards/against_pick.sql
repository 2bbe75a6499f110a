-- The two steps of an issue: somebody scanned number and group of the bag for this request, and a second person (where
-- the centre says so, the same one again) issues it. The disaster reserve is opened by the manager's name and reason.
CREATE OR REPLACE FUNCTION against_pick(going centers_issue, bag centers_bag)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    pick centers_pick%ROWTYPE;
    relief integer;
    held integer;
BEGIN
    SELECT * INTO pick FROM centers_pick
        WHERE id = going.pick_id AND bag_id = bag.id AND request_id = going.request_id AND ended_at IS NULL;
    IF NOT FOUND THEN
        RETURN 'bag_is_picked_by_its_number_and_group';
    END IF;
    IF pick.by_id = going.issued_by_id AND (
        SELECT second_check FROM centers_center WHERE id = bag.center_id
    ) = 'person' THEN
        RETURN 'second_person_looks_at_the_bag';
    END IF;
    IF bag.state = 'available' AND going.reserve_by_id IS NULL THEN
        SELECT f.relief INTO relief FROM centers_floor f WHERE f.center_id = bag.center_id
            AND f.component_id = bag.component_id AND f.blood_group = bag.blood_group;
        SELECT available INTO held FROM centers_stocklevel WHERE center_id = bag.center_id
            AND component_id = bag.component_id AND blood_group = bag.blood_group;
        IF coalesce(relief, 0) > 0 AND coalesce(held, 0) <= relief THEN
            RETURN 'reserve_is_opened_by_name';
        END IF;
    END IF;
    RETURN '';
END
$$;
