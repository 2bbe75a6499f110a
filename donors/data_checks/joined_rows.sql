-- A row that was joined leads to one that was not: else a person's deferrals are looked for in the wrong row.
SELECT d.public_id::text FROM donors_donor d JOIN donors_donor kept ON kept.id = d.merged_into_id
WHERE kept.merged_into_id IS NOT NULL
