-- The group of the person as a patient: with C or E alone their bag is labelled Rh positive, but they are Rh
-- negative. Without it such a patient would be given Rh positive blood.
CREATE OR REPLACE FUNCTION group_of_the_person(the_donation bigint, label text)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN label LIKE '%+' AND EXISTS (
        SELECT FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
        WHERE m.code = 'D' AND r.outcome = 'negative'
    ) THEN '' ELSE label END
$$;
