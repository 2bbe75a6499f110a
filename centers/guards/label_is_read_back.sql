-- Whether the last label of a bag says what the bag is and was read back without a difference; with ``untested``
-- the label of an emergency release. Without it a bag with a wrong label could be issued.
CREATE OR REPLACE FUNCTION label_is_read_back(bag centers_bag, untested boolean)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT l.not_fully_tested = untested
            AND (l.blood_group, l.division, l.expires_at) = (bag.blood_group, bag.division, bag.expires_at)
            AND l.volume = coalesce(bag.volume, l.volume)
            AND l.product = (SELECT local_code FROM centers_component WHERE code = bag.component_id)
            AND EXISTS (SELECT FROM centers_labelcheck WHERE label_id = l.id AND differs = '')
        FROM centers_label l WHERE l.bag_id = bag.id ORDER BY l.id DESC LIMIT 1
    ), false)
$$;
