-- Until when a sample serves: 72 hours where the patient was transfused or pregnant in the three months before, or
-- got cells from here since; otherwise seven days (BCSH 2012: docs/sources.md). Without it an antibody that formed
-- since would be missed.
CREATE OR REPLACE FUNCTION sample_valid_until(the_sample bigint)
RETURNS timestamp with time zone LANGUAGE sql STABLE AS $$
    SELECT s.drawn_at + CASE WHEN s.exposed OR EXISTS (
        SELECT FROM centers_request r JOIN centers_issue i ON i.request_id = r.id
            JOIN centers_bag b ON b.id = i.bag_id
            JOIN centers_component c ON c.code = b.component_id
        WHERE r.patient_id = s.patient_id AND i.issued_at > s.drawn_at - interval '3 months'
            AND c.family IN ('whole_blood', 'red_cells', 'platelets', 'granulocytes')
            AND NOT EXISTS (SELECT FROM centers_return k WHERE k.issue_id = i.id)
    ) THEN interval '72 hours' ELSE interval '7 days' END
    FROM centers_sample s WHERE s.id = the_sample
$$;
