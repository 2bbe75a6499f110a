-- Whether a crossmatch is still missing. By computer (electronic issue) where the centre allows it: two readers agree
-- on the group, one of them from a valid sample, and no antibody was ever found. Without it an antibody would meet
-- its antigen in the patient first.
CREATE OR REPLACE FUNCTION crossmatch_against_issue(the_bag bigint, the_patient bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    family text;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = the_bag;
    SELECT c.family INTO family FROM centers_component c WHERE c.code = bag.component_id;
    IF family NOT IN ('whole_blood', 'red_cells', 'granulocytes') OR EXISTS (
        SELECT FROM centers_crossmatch x JOIN centers_sample s ON s.id = x.sample_id
        WHERE x.bag_id = bag.id AND s.patient_id = the_patient AND x.compatible
            AND sample_valid_until(s.id) > now()
    ) THEN
        RETURN '';
    END IF;
    IF NOT issues_by_computer(the_patient) THEN
        RETURN 'bag_is_crossmatched';
    END IF;
    RETURN '';
END
$$;
