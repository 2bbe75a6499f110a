-- The patient's group once two readers agree; 'doubt' where any of them differ, '' where one is missing.
CREATE OR REPLACE FUNCTION patient_group(the_patient bigint) RETURNS text LANGUAGE sql STABLE AS $$
    WITH read AS (
        SELECT blood_group, coalesce(read_by_id::text, lower(btrim(stated_by))) AS reader
        FROM centers_patientreading
        WHERE patient_id = the_patient AND blood_group <> '' AND dropped_at IS NULL
    )
    SELECT CASE WHEN count(DISTINCT blood_group) > 1 THEN 'doubt'
        WHEN count(DISTINCT reader) > 1 THEN min(blood_group) ELSE '' END
    FROM read
$$;
