-- A questionnaire of the day or of the last hours: a Ramadan evening passes midnight. A yes on any sheet needs the
-- doctor, whatever a later sheet says; one filled for the other sex lacks questions. Without this somebody at risk
-- could give unasked.
CREATE OR REPLACE FUNCTION visit_was_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheets integer;
    raised integer;
BEGIN
    SELECT count(*) FILTER (WHERE s.sex = (
            SELECT p.sex FROM donors_donor d JOIN donors_donor p ON p.id = coalesce(d.merged_into_id, d.id)
            WHERE d.id = NEW.donor_id)), coalesce(max(s.raised_count), 0)
        INTO sheets, raised FROM donors_sheet s
    WHERE s.donor_id IN (SELECT linked_donor_rows(NEW.donor_id)) AND (
        s.day = morocco_day(NEW.decided_at)
        OR s.filled_at BETWEEN NEW.decided_at - interval '12 hours' AND NEW.decided_at
    );
    IF sheets = 0 THEN
        RAISE EXCEPTION 'questionnaire of the day is missing'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'questionnaire_of_the_day_is_there';
    END IF;
    IF raised > 0 AND NEW.cleared_by_id IS NULL THEN
        RAISE EXCEPTION 'a doctor has to look at the answers'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'doctor_looked_at_the_answers';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER visit_was_asked BEFORE INSERT OR UPDATE OF outcome ON centers_visit
    FOR EACH ROW WHEN (NEW.outcome = 'accepted') EXECUTE FUNCTION visit_was_asked();
