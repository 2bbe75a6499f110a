-- Whether a new sample has another group than both readers of the earlier tube found: then that tube was not this
-- donor's, and its readings say nothing about this bag. Without it infection tests of another person's tube would
-- release the bag.
CREATE OR REPLACE FUNCTION first_tube_is_disproved(the_donation bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
            JOIN centers_repeat p ON (p.donation_id, p.marker_id, p.version)
                = (r.donation_id, r.marker_id, r.version) AND p.because = 'new_sample'
            JOIN centers_result a ON (a.donation_id, a.marker_id, a.entry) = (r.donation_id, r.marker_id, 1)
                AND a.version < r.version
            JOIN centers_result b ON (b.donation_id, b.marker_id, b.version, b.entry)
                = (a.donation_id, a.marker_id, a.version, 2)
        WHERE m.kind = 'group' AND r.outcome NOT IN (a.outcome, b.outcome)
    ) AND EXISTS (
        SELECT FROM current_results(the_donation) r JOIN centers_marker m ON m.id = r.marker_id
        WHERE m.kind <> 'group' AND NOT EXISTS (
            SELECT FROM centers_repeat p WHERE p.donation_id = r.donation_id
                AND p.marker_id = r.marker_id AND p.version <= r.version AND p.because = 'new_sample'
        )
    )
$$;
