-- A bag is Rh negative only without D, C and E; with any of them it is labelled Rh positive.
CREATE OR REPLACE FUNCTION determined_group(the_donation bigint) RETURNS text LANGUAGE sql STABLE AS $$
    WITH read AS (
        SELECT m.code, min(r.outcome) AS outcome
        FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
        WHERE m.kind = 'group'
        GROUP BY m.code HAVING count(*) = 2 AND count(DISTINCT r.outcome) = 1
    )
    SELECT coalesce(
        (SELECT outcome FROM read WHERE code = 'ABO') || CASE
            WHEN NOT EXISTS (SELECT FROM read WHERE code = 'D') THEN NULL
            WHEN 'positive' IN (SELECT outcome FROM read WHERE code IN ('D', 'C', 'E')) THEN '+'
            WHEN 3 = (SELECT count(*) FROM read WHERE code IN ('D', 'C', 'E')) THEN '-'
        END,
        ''
    )
$$;
