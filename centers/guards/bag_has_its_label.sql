-- For queries by the number of the bag; see label_is_read_back.
CREATE OR REPLACE FUNCTION bag_has_its_label(the_bag bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT label_is_read_back(b, false) FROM centers_bag b WHERE b.id = the_bag
$$;
