-- A joining that is not committed yet holds the row: the deferral waits for it, and follows.
-- Without this a deferral written under a joined record would not bar the person.
CREATE OR REPLACE FUNCTION deferral_follows_the_person() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE donors_deferral SET ended_at = NEW.ended_at, ended_by_id = NEW.ended_by_id,
            ended_ground = NEW.ended_ground, ended_because = NEW.ended_because
        WHERE copy_of_id = NEW.id AND ended_at IS NULL
            AND donor_id IN (SELECT linked_donor_rows(NEW.donor_id));
        RETURN NULL;
    END IF;
    PERFORM FROM donors_donor WHERE id = NEW.donor_id FOR KEY SHARE;
    INSERT INTO donors_deferral (donor_id, reason_id, permanent, starts_on, ends_on, recorded_at,
        recorded_by_id, ended_because, copy_of_id)
    SELECT merged_into_id, NEW.reason_id, NEW.permanent, NEW.starts_on, NEW.ends_on, NEW.recorded_at,
        NEW.recorded_by_id, '', NEW.id
    FROM donors_donor WHERE id = NEW.donor_id AND merged_into_id IS NOT NULL;
    RETURN NULL;
END
$$;

CREATE TRIGGER deferral_end_follows_the_person AFTER UPDATE OF ended_at ON donors_deferral
    FOR EACH ROW WHEN (
        OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
    ) EXECUTE FUNCTION deferral_follows_the_person();

CREATE TRIGGER deferral_follows_the_person AFTER INSERT ON donors_deferral
    FOR EACH ROW EXECUTE FUNCTION deferral_follows_the_person();
