-- What is still missing of the patient before a bag of this product and group may leave for the request; '' where
-- nothing is. Cells of group O, plasma of AB and platelets do not wait for the second determination.
CREATE OR REPLACE FUNCTION request_against_issue(the_request bigint, the_component text, the_group text)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    asked centers_request%ROWTYPE;
    family text;
    known text;
BEGIN
    SELECT * INTO asked FROM centers_request WHERE id = the_request;
    SELECT c.family INTO family FROM centers_component c WHERE c.code = the_component;
    IF asked.patient_id IS NULL THEN
        RETURN 'request_names_the_patient';
    END IF;
    known := patient_group(asked.patient_id);
    IF known NOT IN ('', asked.recipient_group) OR EXISTS (
        SELECT FROM centers_patientreading r WHERE r.patient_id = asked.patient_id AND r.dropped_at IS NULL
            AND r.blood_group NOT IN ('', asked.recipient_group)
    ) THEN
        RETURN 'group_of_the_patient_is_in_doubt';
    ELSIF known = '' AND NOT group_suits_anybody(family, the_group) THEN
        RETURN 'group_of_the_patient_is_read_twice';
    ELSIF family NOT IN ('whole_blood', 'red_cells', 'granulocytes') THEN
        RETURN '';
    ELSIF NOT EXISTS (
        SELECT FROM centers_sample s
        WHERE s.patient_id = asked.patient_id AND sample_valid_until(s.id) > now()
    ) THEN
        RETURN 'sample_of_the_patient_is_valid';
    ELSIF NOT EXISTS (
        SELECT FROM centers_sample s JOIN centers_patientreading r ON r.sample_id = s.id
        WHERE s.patient_id = asked.patient_id AND sample_valid_until(s.id) > now()
            AND r.screen <> '' AND r.dropped_at IS NULL
    ) THEN
        RETURN 'antibodies_are_screened';
    END IF;
    RETURN '';
END
$$;
