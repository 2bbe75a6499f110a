-- For a group O donation: 'low' or 'high' once both readings of the haemolysins exist. Without it plasma that
-- destroys red cells of other groups would not be recognised.
CREATE OR REPLACE FUNCTION donation_titre(the_donation bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN count(*) < 2 THEN ''
        WHEN bool_or(r.outcome = 'positive') THEN 'high' ELSE 'low' END
    FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
    WHERE m.kind = 'mark'
$$;
