-- Whether this group contradicts the one on record. Without it a mixed-up tube would be released.
CREATE OR REPLACE FUNCTION known_group_differs(person bigint, of text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT group_on_record(person) NOT IN ('', of)
$$;
