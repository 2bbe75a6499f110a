-- The valid value of a measure: as recorded, or as last corrected. Without it a corrected typing error would still
-- defer, or accept, a donor.
CREATE OR REPLACE FUNCTION measured(the_visit bigint, the_field text, recorded numeric)
RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT c."now"::numeric FROM centers_correction c
        WHERE c.visit_id = the_visit AND c.field = the_field ORDER BY c.id DESC LIMIT 1
    ), recorded)
$$;
