-- Ledgers are only added to. Without this the trace of a bag, a reading or a look into a record could be
-- rewritten or emptied.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'row_is_append_only';
END
$$;

CREATE TRIGGER donors_accesslog_is_append_only BEFORE UPDATE OR DELETE ON donors_accesslog
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER donors_accesslog_is_never_emptied BEFORE TRUNCATE ON donors_accesslog
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER donors_useraccess_is_append_only BEFORE UPDATE OR DELETE ON donors_useraccess
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER donors_useraccess_is_never_emptied BEFORE TRUNCATE ON donors_useraccess
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_consent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_criterion
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_deferral
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_deferralreason
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_donor
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_invitation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_lift
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_merge
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_policychange
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_question
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER donors_sheet_is_append_only BEFORE UPDATE OR DELETE ON donors_sheet
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER donors_sheet_is_never_emptied BEFORE TRUNCATE ON donors_sheet
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_unit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER donors_unitchange_is_append_only BEFORE UPDATE OR DELETE ON donors_unitchange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER donors_unitchange_is_never_emptied BEFORE TRUNCATE ON donors_unitchange
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON donors_recordcorrection
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
