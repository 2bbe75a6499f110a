-- Without this good results of an analyser that is out of service or overdue could be recorded, or a box that
-- failed its check, or was too warm and nobody decided, be sent. Bad news is taken from any analyser.
CREATE OR REPLACE FUNCTION equipment_in_use_is_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used bigint;
BEGIN
    IF TG_TABLE_NAME = 'centers_result' THEN
        SELECT e.id INTO used FROM centers_analyserimport i
            JOIN centers_equipment e ON e.analyser_id = i.analyser_id WHERE i.id = NEW.imported_id;
    ELSE
        SELECT id INTO used FROM centers_equipment
            WHERE center_id = NEW.sender_id AND kind = 'box' AND name = NEW.box;
        IF EXISTS (
            SELECT FROM centers_temperaturealarm WHERE equipment_id = used AND decided_at IS NULL
        ) THEN
            RAISE EXCEPTION 'an alarm of this box is open'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'equipment_has_an_open_alarm';
        END IF;
    END IF;
    IF used IS NOT NULL AND NOT equipment_is_fit(used, morocco_day(now())) THEN
        RAISE EXCEPTION 'the equipment is not fit'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'equipment_is_fit';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER equipment_in_use_is_fit BEFORE INSERT ON centers_result
    FOR EACH ROW WHEN (NEW.imported_id IS NOT NULL AND NEW.outcome <> 'reactive')
    EXECUTE FUNCTION equipment_in_use_is_fit();

CREATE TRIGGER equipment_in_use_is_fit BEFORE UPDATE OF box ON centers_transfer
    FOR EACH ROW WHEN (NEW.box <> '' AND NEW.box IS DISTINCT FROM OLD.box)
    EXECUTE FUNCTION equipment_in_use_is_fit();

CREATE TRIGGER equipment_sent_is_fit BEFORE INSERT ON centers_transfer
    FOR EACH ROW WHEN (NEW.box <> '') EXECUTE FUNCTION equipment_in_use_is_fit();
