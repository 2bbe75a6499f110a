-- Changes the count of one centre, product and group in one statement. Without it one of two concurrent movements
-- would be lost.
CREATE OR REPLACE FUNCTION level_add(the_center bigint, the_component text, the_group text, held text, step integer)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO centers_stocklevel AS l
        (center_id, component_id, blood_group, quarantined, available, reserved, in_transit, changed_at)
    VALUES (the_center, the_component, the_group,
        step * (held = 'quarantined')::int, step * (held = 'available')::int,
        step * (held = 'reserved')::int, step * (held = 'in_transit')::int, clock_timestamp())
    ON CONFLICT (center_id, component_id, blood_group) DO UPDATE SET
        quarantined = l.quarantined + excluded.quarantined,
        available = l.available + excluded.available,
        reserved = l.reserved + excluded.reserved,
        in_transit = l.in_transit + excluded.in_transit,
        changed_at = excluded.changed_at;
$$;
