-- Without this a person, a bag or a paper could vanish, and with it the way from a patient back to the
-- donor.
CREATE OR REPLACE FUNCTION refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'row_is_never_deleted';
END
$$;

CREATE TRIGGER donors_consent_is_never_deleted BEFORE DELETE ON donors_consent
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_criterion_is_never_deleted BEFORE DELETE ON donors_criterion
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_deferral_is_never_deleted BEFORE DELETE ON donors_deferral
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_deferralreason_is_never_deleted BEFORE DELETE ON donors_deferralreason
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_donor_is_never_deleted BEFORE DELETE ON donors_donor
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_invitation_is_never_deleted BEFORE DELETE ON donors_invitation
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_lift_is_never_deleted BEFORE DELETE ON donors_lift
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_merge_is_never_deleted BEFORE DELETE ON donors_merge
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_policychange_is_never_deleted BEFORE DELETE ON donors_policychange
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_question_is_never_deleted BEFORE DELETE ON donors_question
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_unit_is_never_deleted BEFORE DELETE ON donors_unit
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER donors_recordcorrection_is_never_deleted BEFORE DELETE ON donors_recordcorrection
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
