-- A bag in stock bears a label that was read back: printed under an earlier rule, it is read once more.
SELECT public_id::text FROM centers_bag b
WHERE state IN ('available', 'reserved', 'in_transit') AND NOT label_is_read_back(b, false)
