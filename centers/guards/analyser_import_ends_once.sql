-- Without this an analyser's file could be applied twice, or replaced between its preview and applying it.
CREATE OR REPLACE FUNCTION analyser_import_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.applied_at IS NOT NULL OR OLD.dropped_at IS NOT NULL THEN
        RAISE EXCEPTION 'a file is applied or dropped once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'analyser_file_ends_once';
    END IF;
    IF (NEW.analyser_id, NEW.center_id, NEW.file_name, NEW.sha256, NEW.mapping, NEW.handed_in_at, NEW.sent,
        coalesce(OLD.handed_in_by_id, NEW.handed_in_by_id)) IS DISTINCT FROM (OLD.analyser_id, OLD.center_id,
        OLD.file_name, OLD.sha256, OLD.mapping, OLD.handed_in_at, OLD.sent, NEW.handed_in_by_id)
    THEN
        RAISE EXCEPTION 'what was handed in stays as it was'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'analyser_file_keeps_what_was_handed_in';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER analyser_import_ends_once BEFORE UPDATE ON centers_analyserimport
    FOR EACH ROW EXECUTE FUNCTION analyser_import_ends_once();
