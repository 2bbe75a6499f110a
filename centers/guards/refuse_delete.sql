-- The function is in donors/guards/refuse_delete.sql.
CREATE TRIGGER centers_analyserimport_is_never_deleted BEFORE DELETE ON centers_analyserimport
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_appointment_is_never_deleted BEFORE DELETE ON centers_appointment
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_bag_is_never_deleted BEFORE DELETE ON centers_bag
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_bleeding_is_never_deleted BEFORE DELETE ON centers_bleeding
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_closing_is_never_deleted BEFORE DELETE ON centers_closing
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_donation_is_never_deleted BEFORE DELETE ON centers_donation
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_emergencyrelease_is_never_deleted BEFORE DELETE ON centers_emergencyrelease
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_floor_is_never_deleted BEFORE DELETE ON centers_floor
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_groupdoubt_is_never_deleted BEFORE DELETE ON centers_groupdoubt
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_lookback_is_never_deleted BEFORE DELETE ON centers_lookback
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_lot_is_never_deleted BEFORE DELETE ON centers_lot
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_numberrange_is_never_deleted BEFORE DELETE ON centers_numberrange
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_paperrecord_is_never_deleted BEFORE DELETE ON centers_paperrecord
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_recall_is_never_deleted BEFORE DELETE ON centers_recall
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_request_is_never_deleted BEFORE DELETE ON centers_request
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_reservation_is_never_deleted BEFORE DELETE ON centers_reservation
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_stockcount_is_never_deleted BEFORE DELETE ON centers_stockcount
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_stocklevel_is_never_deleted BEFORE DELETE ON centers_stocklevel
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_transfer_is_never_deleted BEFORE DELETE ON centers_transfer
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_transferbag_is_never_deleted BEFORE DELETE ON centers_transferbag
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_visit_is_never_deleted BEFORE DELETE ON centers_visit
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_patientreading_is_never_deleted BEFORE DELETE ON centers_patientreading
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_requirement_is_never_deleted BEFORE DELETE ON centers_requirement
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_pick_is_never_deleted BEFORE DELETE ON centers_pick
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();

CREATE TRIGGER centers_bagalarm_is_never_deleted BEFORE DELETE ON centers_bagalarm
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
