-- The required step that a look-back lacks, '' if none. Without it one could be closed with a donor who does not know,
-- a hospital that was never written to, or a test that nobody confirmed.
CREATE OR REPLACE FUNCTION look_back_is_done(the_look_back bigint, the_donation bigint)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT EXISTS (
            SELECT FROM centers_lookbackstep WHERE look_back_id = the_look_back
                AND kind IN ('confirmed', 'not_confirmed', 'undetermined', 'no_test')
        ) THEN 'look_back_has_its_confirmatory_test'
        WHEN NOT EXISTS (
            SELECT FROM centers_lookbackstep WHERE look_back_id = the_look_back
                AND kind IN ('donor_told', 'unreached')
        ) THEN 'donor_of_the_look_back_is_told'
        WHEN EXISTS (
            SELECT FROM centers_bag b
            WHERE b.id IN (
                SELECT reached_bags(the_donation)
                UNION
                SELECT reached_bags(r.donation_id) FROM centers_recall r WHERE r.look_back_id = the_look_back
            ) AND (b.state = 'transfused' OR EXISTS (
                SELECT FROM centers_issue i WHERE i.bag_id = b.id
                    AND NOT EXISTS (SELECT FROM centers_return t WHERE t.issue_id = i.id)
            )) AND NOT EXISTS (SELECT FROM centers_recallstep s WHERE s.bag_id = b.id AND s.kind = 'told')
            AND NOT EXISTS (
                SELECT FROM centers_alarmanswer w JOIN centers_bagalarm a ON a.id = w.alarm_id
                WHERE a.bag_id = b.id AND a.recall_id IS NOT NULL
            )
        ) THEN 'hospital_of_each_bag_is_told'
        ELSE '' END
$$;
