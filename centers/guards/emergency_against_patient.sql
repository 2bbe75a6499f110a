-- What an emergency never waives of the patient: a crossmatch that was incompatible, an antigen known to be there
-- against an antibody of the patient, a group that fits only if the one determination is right.
CREATE OR REPLACE FUNCTION emergency_against_patient(the_bag bigint, the_request bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    asked centers_request%ROWTYPE;
    family text;
    against text;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = the_bag;
    SELECT * INTO asked FROM centers_request WHERE id = the_request;
    SELECT c.family INTO family FROM centers_component c WHERE c.code = bag.component_id;
    against := request_against_issue(the_request, bag.component_id, bag.blood_group);
    RETURN CASE
        WHEN against IN ('request_names_the_patient', 'group_of_the_patient_is_read_twice') THEN against
        WHEN against = 'group_of_the_patient_is_in_doubt' AND NOT group_suits_anybody(family, bag.blood_group)
            THEN against
        WHEN bag_against_patient(bag.id, asked.patient_id) = 'crossmatch_was_incompatible'
            THEN 'crossmatch_was_incompatible'
        WHEN family IN ('whole_blood', 'red_cells', 'granulocytes') AND EXISTS (
            SELECT FROM centers_requirement q, extended_readings(bag.donation_id, q.antigen) e
            WHERE q.patient_id = asked.patient_id AND q.ended_at IS NULL AND q.kind = 'antibody'
                AND e.outcome = 'positive'
        ) THEN 'bag_has_the_antigen_of_an_antibody'
        ELSE '' END;
END
$$;
