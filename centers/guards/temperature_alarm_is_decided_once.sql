-- Without this a decision about bags that were too warm could be taken back or changed.
CREATE OR REPLACE FUNCTION temperature_alarm_is_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.decided_at IS NOT NULL THEN
        RAISE EXCEPTION 'an alarm is decided once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'temperature_alarm_is_decided_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER temperature_alarm_is_decided_once BEFORE UPDATE ON centers_temperaturealarm
    FOR EACH ROW EXECUTE FUNCTION temperature_alarm_is_decided_once();
