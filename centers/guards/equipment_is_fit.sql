-- Whether it may be used on a day: in service, its last check passed, the next one not overdue. Without it the rules
-- that refuse the use of equipment would differ.
CREATE OR REPLACE FUNCTION equipment_is_fit(the_equipment bigint, day date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT e.out_since IS NULL AND coalesce(c.passed, true)
        AND (e.check_every_days IS NULL OR coalesce(c.done_on + e.check_every_days >= day, false))
    FROM centers_equipment e LEFT JOIN LATERAL (
        SELECT passed, done_on FROM centers_equipmentcheck
        WHERE equipment_id = e.id ORDER BY done_on DESC, id DESC LIMIT 1
    ) c ON true
    WHERE e.id = the_equipment
$$;
