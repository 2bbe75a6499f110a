-- Without this a decision about bags that were too warm could be taken back or changed, or be made by somebody who is
-- neither a doctor nor a manager of the centre.
CREATE OR REPLACE FUNCTION temperature_alarm_is_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.decided_at IS NOT NULL THEN
        RAISE EXCEPTION 'an alarm is decided once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'temperature_alarm_is_decided_once';
    END IF;
    IF NEW.decided_at IS NOT NULL AND NOT holds_job(
        NEW.decided_by_id, (SELECT center_id FROM centers_equipment WHERE id = OLD.equipment_id),
        ARRAY['doctor', 'manager'], NEW.decided_at
    ) THEN
        RAISE EXCEPTION 'a doctor or a manager decides about an alarm'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'temperature_alarm_is_decided_by_its_deciders';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER temperature_alarm_is_decided_once BEFORE UPDATE ON centers_temperaturealarm
    FOR EACH ROW EXECUTE FUNCTION temperature_alarm_is_decided_once();
