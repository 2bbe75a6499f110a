-- The whole group of a donation, read twice, by two people, with two lots and techniques, all after the doubt
-- began: from a new sample, or from the first tube of another donation. Without it a doubt could be ended by the
-- very tube that raised it.
CREATE OR REPLACE FUNCTION group_is_proved(the_donation bigint, the_doubt centers_groupdoubt)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT determined_group(the_donation) <> '' AND NOT EXISTS (
        SELECT FROM centers_marker m JOIN current_results(the_donation) r ON r.marker_id = m.id
            LEFT JOIN centers_repeat p ON (p.donation_id, p.marker_id, p.version)
                = (r.donation_id, r.marker_id, r.version)
        WHERE m.kind = 'group'
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(DISTINCT r.outcome) > 1 OR count(DISTINCT r.entered_by_id) < 2
            OR count(DISTINCT r.lot) < 2 OR count(DISTINCT r.technique) < 2 OR min(r.id) <= the_doubt.since
            OR NOT bool_and(coalesce(p.because = 'new_sample',
                the_donation IS DISTINCT FROM the_doubt.donation_id))
    )
$$;
