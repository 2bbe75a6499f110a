-- Is the group of this person in doubt? Every way out of stock asks it; without it held bags would leave.
CREATE OR REPLACE FUNCTION group_in_doubt(person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM centers_groupdoubt WHERE donor_id IN (SELECT linked_donor_rows(person)) AND closed_at IS NULL
    )
$$;
