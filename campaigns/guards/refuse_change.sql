-- The function is in donors/guards/refuse_change.sql.
CREATE TRIGGER campaigns_contactrelease_is_immutable BEFORE UPDATE OR DELETE ON campaigns_contactrelease
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_pastanswer_is_append_only BEFORE UPDATE OR DELETE ON campaigns_pastanswer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_memoreminder_is_append_only BEFORE UPDATE OR DELETE ON campaigns_memoreminder
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_memo_is_never_deleted BEFORE DELETE ON campaigns_memo
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_operationphase_is_append_only BEFORE UPDATE OR DELETE ON campaigns_operationphase
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_estimate_is_append_only BEFORE UPDATE OR DELETE ON campaigns_estimate
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_standingorder_is_append_only BEFORE UPDATE OR DELETE ON campaigns_standingorder
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_orderconfirmation_is_append_only BEFORE UPDATE OR DELETE ON campaigns_orderconfirmation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_floorchange_is_append_only BEFORE UPDATE OR DELETE ON campaigns_floorchange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_floorpolicy_is_append_only BEFORE UPDATE OR DELETE ON campaigns_floorpolicy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_memoversion_is_append_only BEFORE UPDATE OR DELETE ON campaigns_memoversion
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_memoreading_is_append_only BEFORE UPDATE OR DELETE ON campaigns_memoreading
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_memodraft_is_never_deleted BEFORE DELETE ON campaigns_memodraft
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_campaignstep_is_append_only BEFORE UPDATE OR DELETE ON campaigns_campaignstep
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_campaignreport_is_append_only BEFORE UPDATE OR DELETE ON campaigns_campaignreport
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_memofile_is_immutable BEFORE UPDATE ON campaigns_memofile
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
