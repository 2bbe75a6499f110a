-- Without this somebody who is no doctor could accept a donor where the centre's rule names the doctor. What stands on
-- paper has happened already.
CREATE OR REPLACE FUNCTION accepted_by_whom_the_centre_names() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    center centers_center%ROWTYPE;
BEGIN
    SELECT c.* INTO center FROM centers_center c JOIN centers_session s ON s.center_id = c.id
        WHERE s.id = NEW.session_id;
    IF center.acceptance = 'doctor'
        AND NOT holds_job(NEW.decided_by_id, center.id, ARRAY['doctor'], NEW.decided_at)
        AND NOT EXISTS (SELECT FROM centers_paperrecord WHERE visit_id = NEW.id)
    THEN
        RAISE EXCEPTION 'a doctor accepts the donors of this centre'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'accepted_by_whom_the_centre_names';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER accepted_by_whom_the_centre_names BEFORE INSERT OR UPDATE OF outcome ON centers_visit
    FOR EACH ROW WHEN (NEW.outcome = 'accepted') EXECUTE FUNCTION accepted_by_whom_the_centre_names();
