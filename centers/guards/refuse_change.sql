-- The function is in donors/guards/refuse_change.sql.
CREATE TRIGGER centers_acceptancechange_is_append_only BEFORE UPDATE OR DELETE ON centers_acceptancechange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_acceptancechange
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_issueruleschange_is_append_only BEFORE UPDATE OR DELETE ON centers_issueruleschange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_issueruleschange
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_analyserimport
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_appointment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_bag
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_bleeding
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_closing
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_compatibility
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_component
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_correction_is_append_only BEFORE UPDATE OR DELETE ON centers_correction
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_correction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_countedbag_is_append_only BEFORE UPDATE OR DELETE ON centers_countedbag
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_countedbag
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_donation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_emergencyrelease
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_foreignnumber_is_append_only BEFORE UPDATE OR DELETE ON centers_foreignnumber
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_foreignnumber
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_groupcorrection_is_append_only BEFORE UPDATE OR DELETE ON centers_groupcorrection
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_groupcorrection
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_groupdoubt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_issue_is_append_only BEFORE UPDATE OR DELETE ON centers_issue
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_issue
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_keying_is_append_only BEFORE UPDATE OR DELETE ON centers_keying
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_keying_is_never_emptied BEFORE TRUNCATE ON centers_keying
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_kit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_label_is_append_only BEFORE UPDATE OR DELETE ON centers_label
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_label
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_labelcheck_is_append_only BEFORE UPDATE OR DELETE ON centers_labelcheck
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_labelcheck
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_lot
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_lookback
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_marker
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_movement_is_append_only BEFORE UPDATE OR DELETE ON centers_movement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_movement_is_never_emptied BEFORE TRUNCATE ON centers_movement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_nofloor_is_append_only BEFORE UPDATE OR DELETE ON centers_nofloor
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_nofloor
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_numberrange
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_override_is_append_only BEFORE UPDATE OR DELETE ON centers_override
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_override
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_paperrecord
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_poolpart_is_append_only BEFORE UPDATE OR DELETE ON centers_poolpart
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_poolpart
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_reaction_is_append_only BEFORE UPDATE OR DELETE ON centers_reaction
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_reaction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_reactionstep_is_append_only BEFORE UPDATE OR DELETE ON centers_reactionstep
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_reactionstep
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_recall
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_recallstep_is_append_only BEFORE UPDATE OR DELETE ON centers_recallstep
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_recallstep
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_recipe
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_recipe_kits
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_recipepart
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_relabelling_is_append_only BEFORE UPDATE OR DELETE ON centers_relabelling
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_relabelling
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_repeat_is_append_only BEFORE UPDATE OR DELETE ON centers_repeat
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_repeat
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_reservation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_result_is_append_only BEFORE UPDATE OR DELETE ON centers_result
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_result_is_never_emptied BEFORE TRUNCATE ON centers_result
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_return_is_append_only BEFORE UPDATE OR DELETE ON centers_return
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_return
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_stockcount
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_stocklevel
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_transferbag
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_visit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_voidednumber_is_append_only BEFORE UPDATE OR DELETE ON centers_voidednumber
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_voidednumber
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_patientaccess_is_append_only BEFORE UPDATE OR DELETE ON centers_patientaccess
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_patientaccess
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_sample_is_append_only BEFORE UPDATE OR DELETE ON centers_sample
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_sample
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_extendedreading_is_append_only BEFORE UPDATE OR DELETE ON centers_extendedreading
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_extendedreading
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_crossmatch_is_append_only BEFORE UPDATE OR DELETE ON centers_crossmatch
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_crossmatch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_patient
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_patientreading
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_requirement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_pick
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_patient_is_append_only BEFORE DELETE OR UPDATE OF
    id, public_id, center_id, kind, identity_key, sex, birth_year, registered_at, registered_by_id ON centers_patient
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_equipmentcheck_is_append_only BEFORE UPDATE OR DELETE ON centers_equipmentcheck
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_equipmentcheck
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_temperature_is_append_only BEFORE UPDATE OR DELETE ON centers_temperature
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_temperature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_alarmbag_is_append_only BEFORE UPDATE OR DELETE ON centers_alarmbag
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_alarmbag
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_placement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_temperaturealarm
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_heldreading
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_plate_is_append_only BEFORE UPDATE OR DELETE ON centers_plate
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_plate
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_alarmanswer_is_append_only BEFORE UPDATE OR DELETE ON centers_alarmanswer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_alarmanswer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_foundbag_is_append_only BEFORE UPDATE OR DELETE ON centers_foundbag
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_foundbag
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_bagalarm
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_assessment_is_append_only BEFORE UPDATE OR DELETE ON centers_assessment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_assessment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_patientreaction_is_append_only BEFORE UPDATE OR DELETE ON centers_patientreaction
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_patientreaction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER centers_lookbackstep_is_append_only BEFORE UPDATE OR DELETE ON centers_lookbackstep
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_lookbackstep
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
