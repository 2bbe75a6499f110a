-- When two rows become one person: of their places one is kept, a booked one before one on offer, then the
-- earliest; and they wait once for a session. Without this one person would hold two places.
CREATE OR REPLACE FUNCTION joining_gives_back_places() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    rows bigint[] := ARRAY(SELECT linked_donor_rows(NEW.id));
BEGIN
    UPDATE centers_appointment SET state = 'cancelled', settled_at = now(), released = 'twice'
    WHERE id IN (
        SELECT a.id FROM centers_appointment a JOIN centers_slot s ON s.id = a.slot_id
        WHERE a.donor_id = ANY (rows) AND a.state IN ('offered', 'booked')
        ORDER BY a.state, s.starts_at, a.id OFFSET 1
    );
    UPDATE centers_waiting SET left_at = now()
    WHERE left_at IS NULL AND donor_id = ANY (rows) AND EXISTS (
        SELECT FROM centers_waiting w
        WHERE w.session_id = centers_waiting.session_id AND w.donor_id = ANY (rows) AND w.left_at IS NULL
            AND w.id < centers_waiting.id
    );
    RETURN NULL;
END
$$;

CREATE TRIGGER joining_gives_back_places AFTER UPDATE OF merged_into_id ON donors_donor
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION joining_gives_back_places();
