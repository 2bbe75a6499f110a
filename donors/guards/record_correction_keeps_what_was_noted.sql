-- A correction is decided once, by setting what is still empty; its values go only with the person. Without this what
-- was there before a correction, and who proposed it, could be rewritten.
CREATE OR REPLACE FUNCTION record_correction_keeps_what_was_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.public_id, NEW.donor_id, NEW.field, NEW.reason, NEW.asked_at, NEW.asked_by_id)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.donor_id, OLD.field, OLD.reason, OLD.asked_at, OLD.asked_by_id)
        OR (NEW.was, NEW.now, NEW.because) IS DISTINCT FROM (OLD.was, OLD.now, OLD.because)
            AND NOT (NEW.was IS NULL AND NEW.now IS NULL AND NEW.because = '' AND EXISTS (
                SELECT FROM donors_donor WHERE id = OLD.donor_id AND erased_at IS NOT NULL
            ))
        OR OLD.decided_at IS NOT NULL AND (NEW.decided_at, NEW.decided_by_id, NEW.agreed)
            IS DISTINCT FROM (OLD.decided_at, OLD.decided_by_id, OLD.agreed)
    THEN
        RAISE EXCEPTION 'a correction is decided once and never changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'record_correction_is_decided_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER record_correction_keeps_what_was_noted BEFORE UPDATE ON donors_recordcorrection
    FOR EACH ROW EXECUTE FUNCTION record_correction_keeps_what_was_noted();
