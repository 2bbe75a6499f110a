-- A bag that the database takes off the shelf still lies there: its keeper gets an alarm. What moves on ends it.
-- Without this a blocked bag would stay among the others until somebody scanned it.
CREATE OR REPLACE FUNCTION movement_raises_alarms() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    given record;
BEGIN
    IF NEW.from_state = 'blocked' AND NEW.to_state = 'blocked' THEN
        UPDATE centers_bagalarm SET center_id = NEW.center_id
        WHERE bag_id = NEW.bag_id AND kind = 'hold' AND answered_at IS NULL AND ended_at IS NULL;
    ELSIF NEW.to_state = 'blocked' AND NEW.from_state IN ('released', 'available', 'reserved', 'in_transit')
        AND NEW.reason NOT IN ('cold_chain', 'underweight')
    THEN
        INSERT INTO centers_bagalarm (public_id, kind, bag_id, center_id, made_at)
        VALUES (gen_random_uuid(), 'hold', NEW.bag_id, NEW.center_id, NEW.at) ON CONFLICT DO NOTHING;
    ELSIF NEW.from_state = 'blocked' AND NEW.to_state IN ('released', 'available', 'separated')
        OR NEW.from_state = 'blocked' AND NEW.to_state = 'discarded'
            AND NEW.reason NOT IN ('screening', 'recall')
    THEN
        UPDATE centers_bagalarm SET ended_at = NEW.at
        WHERE bag_id = NEW.bag_id AND kind = 'hold' AND answered_at IS NULL AND ended_at IS NULL;
    ELSIF NEW.from_state = 'issued' THEN
        UPDATE centers_bagalarm SET ended_at = NEW.at
        WHERE bag_id = NEW.bag_id AND kind IN ('recall', 'news') AND ended_at IS NULL;
    ELSIF NEW.from_state IN ('discarded', 'expired') AND NEW.to_state = 'transfused' THEN
        FOR given IN
            SELECT DISTINCT b.donation_id FROM centers_bag b
            WHERE (b.id IN (SELECT part_id FROM centers_poolpart WHERE pool_id = NEW.bag_id)
                OR b.id = NEW.bag_id AND NOT EXISTS (SELECT FROM centers_poolpart WHERE pool_id = b.id))
                AND emergency_hindrance(b.id) <> ''
            ORDER BY b.donation_id
        LOOP
            PERFORM recall_what_left(given.donation_id, NEW.by_id, 'other');
        END LOOP;
        INSERT INTO centers_bagalarm (public_id, kind, bag_id, center_id, recall_id, made_at)
        SELECT gen_random_uuid(), 'recall', b.id, b.center_id, r.id, NEW.at FROM centers_bag b
        JOIN centers_recall r ON r.donation_id IN (SELECT donations_in_bag(b.id)) AND r.closed_at IS NULL
        WHERE b.id = NEW.bag_id ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER movement_raises_alarms AFTER INSERT ON centers_movement
    FOR EACH ROW WHEN (
        NEW.from_state NOT IN ('', 'quarantined')
    ) EXECUTE FUNCTION movement_raises_alarms();
