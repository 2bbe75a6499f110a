-- Group readings of a person that contradict each other or the group on record. Where two readers of one tube
-- differ and one agrees with the known group, it is a slip: the tube is read again and there is no doubt about the
-- person. Readings that an earlier doubt has settled, and equal readings of the same tube, do not count. Without
-- it two groups of one person would go unnoticed.
CREATE OR REPLACE FUNCTION group_contradictions(person bigint)
RETURNS TABLE(donation_id bigint, code text, known text, said text[]) LANGUAGE sql STABLE AS $$
    WITH linked AS (SELECT k.id FROM linked_donor_rows(person) k(id)),
    settled AS (
        SELECT g.rows, g.last_result, g.proof_id FROM centers_groupdoubt g
        WHERE g.verdict IN ('stands', 'corrected') AND g.rows && ARRAY(SELECT id FROM linked)
    ),
    pair AS (
        SELECT d.id AS donation_id, m.code::text, array_agg(r.outcome::text ORDER BY r.entry) AS said
        FROM centers_donation d CROSS JOIN LATERAL current_results(d.id) r
            JOIN centers_marker m ON m.id = r.marker_id AND m.kind = 'group'
        WHERE d.donor_id IN (SELECT id FROM linked) AND NOT EXISTS (
            SELECT FROM settled s WHERE d.donor_id = ANY (s.rows) AND d.id <> s.proof_id AND EXISTS (
                SELECT FROM centers_result o WHERE o.donation_id = d.id AND o.marker_id = m.id
                    AND o.outcome = r.outcome AND o.id <= s.last_result
            )
        )
        GROUP BY 1, 2
    ),
    label AS (
        SELECT p.blood_group::text AS label, true AS of_person FROM donors_donor p
        WHERE p.id IN (SELECT id FROM linked) AND p.blood_group <> ''
        UNION
        -- A bag of a person without D who has C or E is labelled O+.
        SELECT group_on_record(person), false WHERE NOT EXISTS (
            SELECT FROM donors_donor p WHERE p.id IN (SELECT id FROM linked) AND p.blood_group <> ''
        )
    ),
    known AS (
        SELECT NULL::bigint AS donation_id, 'ABO' AS code, rtrim(label, '+-') AS outcome
        FROM label WHERE label <> ''
        UNION ALL
        SELECT NULL, 'D', CASE WHEN label LIKE '%-' THEN 'negative' ELSE 'positive' END
        FROM label WHERE label LIKE '%-' OR label LIKE '%+' AND of_person
        UNION ALL
        SELECT NULL, antigen, 'negative' FROM label, unnest(ARRAY['C', 'E']) antigen WHERE label LIKE '%-'
        UNION ALL
        SELECT p.donation_id, p.code, p.said[1] FROM pair p
        WHERE cardinality(p.said) = 2 AND p.said[1] = p.said[2]
    )
    SELECT p.donation_id, p.code, k.outcome, p.said FROM pair p JOIN known k ON k.code = p.code
        AND k.donation_id IS DISTINCT FROM p.donation_id AND k.outcome <> ALL (p.said)
    UNION
    SELECT NULL, a.code, a.outcome, ARRAY[b.outcome, b.outcome] FROM known a JOIN known b ON b.code = a.code
        AND a.donation_id IS NULL AND b.donation_id IS NULL AND a.outcome < b.outcome
$$;
