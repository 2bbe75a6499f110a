-- The donation of a bag, or every donation that a pool holds.
CREATE OR REPLACE FUNCTION donations_in_bag(the_bag bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT donation_id FROM centers_bag WHERE id = the_bag
    UNION
    SELECT b.donation_id FROM centers_poolpart p JOIN centers_bag b ON b.id = p.part_id
        WHERE p.pool_id = the_bag
$$;
