-- The first violated bound that no doctor may override; all other bounds are warnings. The sex is that of the person's
-- row in use, the one that is corrected. Without it somebody too weak to give could be accepted.
CREATE OR REPLACE FUNCTION broken_bound(visit centers_visit, day date)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT c.code FROM donors_donor o JOIN donors_donor d ON d.id = coalesce(o.merged_into_id, o.id)
        CROSS JOIN donors_criterion c
    WHERE o.id = visit.donor_id AND c.in_use AND c.sex IN ('any', d.sex) AND c.donation_type IN ('any', 'whole_blood')
        AND c.valid_from <= day AND (c.valid_until IS NULL OR c.valid_until > day)
        AND (
            c.criterion = 'HAEMOGLOBIN' AND c.operator = '>='
                AND measured(visit.id, 'haemoglobin', visit.haemoglobin) < c.value
            OR c.criterion = 'WEIGHT' AND c.operator = '>='
                AND measured(visit.id, 'weight', visit.weight) < c.value
            OR c.criterion = 'BP_SYSTOLIC' AND c.operator = '<='
                AND measured(visit.id, 'systolic', visit.systolic) > c.value
            OR c.criterion = 'BP_DIASTOLIC' AND c.operator = '<='
                AND measured(visit.id, 'diastolic', visit.diastolic) > c.value
            OR c.criterion = 'TEMPERATURE' AND c.operator = '<='
                AND measured(visit.id, 'temperature', visit.temperature) > c.value
        )
    LIMIT 1
$$;
