-- Whether two people read it negative and nobody positive. Without it one slip would send the antigen to a patient
-- with the antibody.
CREATE OR REPLACE FUNCTION donation_lacks(the_donation bigint, the_test text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT reader) > 1 AND bool_and(outcome = 'negative')
    FROM extended_readings(the_donation, the_test)
$$;
