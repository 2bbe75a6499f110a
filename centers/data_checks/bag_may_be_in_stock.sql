-- What hinders a release hinders a bag that is in stock as well (I9, I10, I13). A rule that was made
-- stricter moves no bag: somebody has to look at those that it would not let in today.
SELECT public_id::text || ': ' || bag_release_hindrance(id) FROM centers_bag
WHERE state IN ('available', 'reserved', 'in_transit') AND bag_release_hindrance(id) <> ''
