-- An index left invalid by a broken build, a trigger (the ones behind foreign keys included) that a restore
-- left off: each looks like a rule and holds nothing.
SELECT indexrelid::regclass::text FROM pg_index WHERE NOT (indisvalid AND indisready)
UNION ALL
SELECT tgrelid::regclass::text || ': ' || tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
WHERE tgenabled <> 'O' AND relnamespace = current_schema()::regnamespace
