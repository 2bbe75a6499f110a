-- The bags of a donation, and the pools that hold one of them. Without it a recall would miss a pool.
CREATE OR REPLACE FUNCTION reached_bags(the_donation bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT id FROM centers_bag WHERE donation_id = the_donation
    UNION
    SELECT p.pool_id FROM centers_poolpart p JOIN centers_bag b ON b.id = p.part_id
        WHERE b.donation_id = the_donation
$$;
