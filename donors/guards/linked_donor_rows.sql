-- The rows of one person: whatever bars one of them bars what any of them gave.
-- Without it a joined record would hide a deferral.
CREATE OR REPLACE FUNCTION linked_donor_rows(person bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH root AS (SELECT coalesce(merged_into_id, id) AS id FROM donors_donor WHERE id = person)
    SELECT id FROM root
    UNION ALL
    SELECT d.id FROM donors_donor d JOIN root ON d.merged_into_id = root.id
$$;
