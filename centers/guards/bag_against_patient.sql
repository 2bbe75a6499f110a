-- What of the patient's needs this bag does not meet; '' where it meets all. Without it a patient with an antibody
-- could get the antigen, or one without immune defence living lymphocytes.
CREATE OR REPLACE FUNCTION bag_against_patient(the_bag bigint, the_patient bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    family text;
    red boolean;
    phenotype boolean;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = the_bag;
    SELECT c.family INTO family FROM centers_component c WHERE c.code = bag.component_id;
    red := family IN ('whole_blood', 'red_cells', 'granulocytes');
    IF EXISTS (
        SELECT FROM centers_crossmatch x JOIN centers_sample s ON s.id = x.sample_id
        WHERE x.bag_id = bag.id AND s.patient_id = the_patient AND NOT x.compatible
    ) THEN
        RETURN 'crossmatch_was_incompatible';
    END IF;
    IF family IN ('plasma', 'cryoprecipitate') THEN
        RETURN '';
    END IF;
    IF red AND EXISTS (
        SELECT FROM centers_requirement q WHERE q.patient_id = the_patient AND q.ended_at IS NULL
            AND q.antigen <> '' AND NOT bag_lacks(bag.id, q.antigen)
    ) THEN
        RETURN 'bag_lacks_the_antigen';
    END IF;
    phenotype := EXISTS (
        SELECT FROM centers_requirement q
        WHERE q.patient_id = the_patient AND q.ended_at IS NULL AND q.kind = 'phenotype'
    );
    IF red AND phenotype THEN
        IF EXISTS (
            SELECT FROM unnest(ARRAY['C', 'c', 'E', 'e', 'K']) a WHERE NOT EXISTS (
                SELECT FROM centers_patientreading r WHERE r.patient_id = the_patient
                    AND r.dropped_at IS NULL AND (a = ANY (r.has) OR a = ANY (r.lacks))
            )
        ) THEN
            RETURN 'phenotype_of_the_patient_is_known';
        ELSIF EXISTS (
            SELECT FROM unnest(ARRAY['C', 'c', 'E', 'e', 'K']) a WHERE EXISTS (
                SELECT FROM centers_patientreading r WHERE r.patient_id = the_patient
                    AND r.dropped_at IS NULL AND a = ANY (r.lacks)
            ) AND NOT bag_lacks(bag.id, a)
        ) THEN
            RETURN 'bag_has_the_phenotype';
        END IF;
    END IF;
    IF bag.component_id NOT LIKE '%-IRR' AND EXISTS (
        SELECT FROM centers_requirement q
        WHERE q.patient_id = the_patient AND q.ended_at IS NULL AND q.kind = 'irradiated'
    ) THEN
        RETURN 'bag_is_irradiated';
    END IF;
    IF NOT bag_lacks(bag.id, 'CMV') AND EXISTS (
        SELECT FROM centers_requirement q
        WHERE q.patient_id = the_patient AND q.ended_at IS NULL AND q.kind = 'cmv'
    ) THEN
        RETURN 'bag_is_cmv_negative';
    END IF;
    RETURN '';
END
$$;
