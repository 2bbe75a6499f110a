-- Another version of the library that orders text, for instance after a restore on another system: indexes
-- on words are in the old order, rows are not found and unique values come twice.
SELECT collname::text FROM pg_collation
WHERE collversion <> pg_collation_actual_version(oid)
UNION ALL
SELECT 'database' FROM pg_database
WHERE datname = current_database() AND datcollversion <> pg_database_collation_actual_version(oid)
