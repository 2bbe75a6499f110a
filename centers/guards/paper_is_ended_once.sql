-- The function is in donors/guards/paper_is_ended_once.sql.
CREATE TRIGGER emergency_is_ended_once BEFORE UPDATE ON centers_emergencyrelease
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{second_at,second_id}');

CREATE TRIGGER recall_is_ended_once BEFORE UPDATE ON centers_recall
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{closed_at,closed_by_id,outcome,verdict}');

CREATE TRIGGER request_is_ended_once BEFORE UPDATE ON centers_request
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{closed_at,closed_by_id,closed_because}');

CREATE TRIGGER reservation_is_ended_once BEFORE UPDATE ON centers_reservation
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{ended_at}');

CREATE TRIGGER stockcount_is_ended_once BEFORE UPDATE ON centers_stockcount
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{finished_at,missing,strange}');

CREATE TRIGGER transferbag_is_ended_once BEFORE UPDATE ON centers_transferbag
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{arrived,unpacked}');

CREATE TRIGGER patientreading_is_ended_once BEFORE UPDATE ON centers_patientreading
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{dropped_at,dropped_by_id,dropped_because}');

CREATE TRIGGER requirement_is_ended_once BEFORE UPDATE ON centers_requirement
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{ended_at,ended_by_id,ended_because}');

CREATE TRIGGER pick_is_ended_once BEFORE UPDATE ON centers_pick
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{ended_at}');
