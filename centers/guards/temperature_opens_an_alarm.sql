-- A measurement outside the range is bad news: nothing in here may raise. Without this bags that were too warm or
-- too cold would stay in stock until somebody looked at the curve.
CREATE OR REPLACE FUNCTION temperature_opens_an_alarm() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    place centers_equipment%ROWTYPE;
    open_alarm bigint;
    held record;
BEGIN
    SELECT * INTO place FROM centers_equipment WHERE id = NEW.equipment_id FOR UPDATE;
    IF NEW.celsius >= coalesce(place.min_c, -300) AND NEW.celsius <= coalesce(place.max_c, 300) THEN
        RETURN NULL;
    END IF;
    UPDATE centers_temperaturealarm
        SET first_at = least(first_at, NEW.at), last_at = greatest(last_at, NEW.at),
            lowest = least(lowest, NEW.celsius), highest = greatest(highest, NEW.celsius)
        WHERE equipment_id = place.id AND decided_at IS NULL RETURNING id INTO open_alarm;
    IF open_alarm IS NULL THEN
        INSERT INTO centers_temperaturealarm
            (public_id, equipment_id, first_at, last_at, lowest, highest, opened_at, verdict, because)
        VALUES (gen_random_uuid(), place.id, NEW.at, NEW.at, NEW.celsius, NEW.celsius, now(), '', '')
        RETURNING id INTO open_alarm;
    END IF;
    FOR held IN
        SELECT id, state, center_id FROM centers_bag
        WHERE id IN (SELECT bags_that_lay_there(place.id, NEW.at)) ORDER BY id FOR UPDATE
    LOOP
        INSERT INTO centers_alarmbag (alarm_id, bag_id) VALUES (open_alarm, held.id)
            ON CONFLICT (alarm_id, bag_id) DO NOTHING;
        IF bag_may_go(held.state, 'blocked')
            AND held.state NOT IN ('', 'blocked', 'issued', 'expired', 'separated')
        THEN
            INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)
            VALUES (held.id, 0, held.state, 'blocked', held.center_id, now(), NEW.by_id, 'temperature');
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER temperature_opens_an_alarm AFTER INSERT ON centers_temperature
    FOR EACH ROW EXECUTE FUNCTION temperature_opens_an_alarm();
