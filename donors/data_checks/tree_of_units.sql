-- The path of a unit is its parent's with its own code: memos and counts go down the tree by it.
SELECT u.code::text FROM donors_unit u LEFT JOIN donors_unit p ON p.id = u.parent_id
WHERE u.path <> coalesce(p.path, '/') || u.code || '/'
