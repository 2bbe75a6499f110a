-- Would the intervals of that sex have forbidden this donation, beside the person's others?
-- Without it a change of the sex on record would only be checked against the age.
CREATE OR REPLACE FUNCTION donation_too_soon(given centers_donation, their_sex text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM donors_criterion c
        WHERE c.in_use AND c.sex IN (their_sex, 'any') AND c.donation_type = 'whole_blood'
            AND c.valid_from <= given.collected_on
            AND (c.valid_until IS NULL OR c.valid_until > given.collected_on)
            AND (
                c.criterion = 'INTERVAL' AND EXISTS (
                    SELECT FROM centers_donation o
                    WHERE o.donor_id IN (SELECT linked_donor_rows(given.donor_id)) AND o.id <> given.id
                        AND abs(o.collected_on - given.collected_on) < c.value
                )
                OR c.criterion = 'MAX_PER_YEAR' AND c.value <= (
                    SELECT count(*) FROM centers_donation o
                    WHERE o.donor_id IN (SELECT linked_donor_rows(given.donor_id)) AND o.id <> given.id
                        AND o.collected_on > given.collected_on - 365
                        AND o.collected_on <= given.collected_on
                )
            )
    )
$$;
