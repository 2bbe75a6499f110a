-- Whether the group of this person is in doubt. Every transition out of stock checks it; without it held bags
-- would leave.
CREATE OR REPLACE FUNCTION group_in_doubt(person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM centers_groupdoubt WHERE donor_id IN (SELECT linked_donor_rows(person)) AND closed_at IS NULL
    )
$$;
