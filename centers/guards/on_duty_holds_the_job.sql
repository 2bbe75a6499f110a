-- Without this a person could be put on duty as physician or nurse without holding that job at this centre on that
-- day.
CREATE OR REPLACE FUNCTION on_duty_holds_the_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM centers_session s JOIN centers_staff f ON f.center_id = s.center_id
        WHERE s.id = NEW.session_id AND f.user_id = NEW.user_id AND f.job = NEW.job
            AND f.since <= morocco_day(s.starts_at)
            AND (f.until IS NULL OR f.until > morocco_day(s.starts_at))
    ) THEN
        RAISE EXCEPTION 'on duty without the job'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'on_duty_holds_the_job';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER on_duty_holds_the_job BEFORE INSERT OR UPDATE ON centers_onduty
    FOR EACH ROW EXECUTE FUNCTION on_duty_holds_the_job();
