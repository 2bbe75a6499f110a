-- Whether the rules of electronic issue are met for the patient.
CREATE OR REPLACE FUNCTION issues_by_computer(the_patient bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT (SELECT c.electronic_issue FROM centers_patient p JOIN centers_center c ON c.id = p.center_id
            WHERE p.id = the_patient)
        AND patient_group(the_patient) NOT IN ('', 'doubt')
        AND EXISTS (
            SELECT FROM centers_patientreading r WHERE r.patient_id = the_patient AND r.dropped_at IS NULL
                AND r.blood_group <> '' AND sample_valid_until(r.sample_id) > now()
        )
        AND EXISTS (
            SELECT FROM centers_patientreading r WHERE r.patient_id = the_patient AND r.dropped_at IS NULL
                AND r.screen = 'negative' AND sample_valid_until(r.sample_id) > now()
        )
        AND NOT EXISTS (
            SELECT FROM centers_patientreading r WHERE r.patient_id = the_patient AND r.dropped_at IS NULL
                AND r.screen = 'positive'
        )
        AND NOT EXISTS (
            SELECT FROM centers_requirement q WHERE q.patient_id = the_patient AND q.kind = 'antibody'
        )
$$;
