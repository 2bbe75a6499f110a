-- The function is in donors/guards/refuse_delete.sql.
CREATE TRIGGER campaigns_addressee_is_never_deleted BEFORE DELETE ON campaigns_addressee
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER campaigns_appeal_is_never_deleted BEFORE DELETE ON campaigns_appeal
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER campaigns_channelstop_is_never_deleted BEFORE DELETE ON campaigns_channelstop
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
