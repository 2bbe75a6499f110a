-- Whether a look-back on this person is open. Without it blood would be released while the doctor still follows up
-- a reactive test.
CREATE OR REPLACE FUNCTION look_back_is_open(person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM centers_lookback l JOIN centers_donation d ON d.id = l.donation_id
        WHERE d.donor_id IN (SELECT linked_donor_rows(person)) AND l.closed_at IS NULL
    )
$$;
