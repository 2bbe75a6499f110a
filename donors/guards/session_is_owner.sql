-- Who is connected, not what a setting says: the owner migrates, loads a release and gives rights; the
-- program never is the owner. Without it a guard could only ask something that the program can set itself.
CREATE OR REPLACE FUNCTION session_is_owner() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT pg_has_role(session_user, (
        SELECT relowner FROM pg_class WHERE oid = 'public.donors_user'::regclass
    ), 'MEMBER')
$$;
