-- With C or E alone the bag is labelled Rh positive; as a patient this person is not.
-- Without it this patient would be given Rh positive blood.
CREATE OR REPLACE FUNCTION group_of_the_person(the_donation bigint, label text)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN label LIKE '%+' AND EXISTS (
        SELECT FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
        WHERE m.code = 'D' AND r.outcome = 'negative'
    ) THEN '' ELSE label END
$$;
