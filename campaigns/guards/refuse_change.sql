-- The function is in donors/guards/refuse_change.sql.
CREATE TRIGGER campaigns_contactrelease_is_immutable BEFORE UPDATE OR DELETE ON campaigns_contactrelease
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaigns_memo_is_immutable BEFORE UPDATE OR DELETE ON campaigns_memo
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
