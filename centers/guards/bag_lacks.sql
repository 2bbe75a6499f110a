-- Whether every donation in a bag is known to lack it. Without it a pool would pass by the readings of its first donor.
CREATE OR REPLACE FUNCTION bag_lacks(the_bag bigint, the_test text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM donations_in_bag(the_bag) d WHERE NOT donation_lacks(d, the_test))
$$;
