-- Without this one person alone could turn a paper into a visit, or a paper could point to another donor's visit.
CREATE OR REPLACE FUNCTION paper_is_typed_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (
        OLD.visit_id IS NOT NULL OR OLD.dropped_at IS NOT NULL
        OR (NEW.public_id, NEW.session_id, NEW.donor_id, NEW.begun_at, NEW.begun_by_id)
            IS DISTINCT FROM
            (OLD.public_id, OLD.session_id, OLD.donor_id, OLD.begun_at, OLD.begun_by_id)
    ) THEN
        RAISE EXCEPTION 'a paper is written or dropped once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'paper_is_ended_once';
    END IF;
    IF NEW.visit_id IS NOT NULL THEN
        IF (SELECT count(DISTINCT by_id) FROM centers_keying WHERE paper_id = NEW.id) < 2 THEN
            RAISE EXCEPTION 'a paper is typed by two people'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'paper_is_typed_by_two';
        END IF;
        IF NOT EXISTS (
            SELECT FROM centers_visit v JOIN donors_donor d ON d.id = NEW.donor_id
            WHERE v.id = NEW.visit_id AND v.session_id = NEW.session_id
                AND v.donor_id = coalesce(d.merged_into_id, d.id)
        ) THEN
            RAISE EXCEPTION 'the visit belongs to another donor or session'
                USING ERRCODE = 'integrity_constraint_violation',
                    CONSTRAINT = 'visit_is_of_the_same_donor_and_session';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER paper_is_typed_by_two BEFORE INSERT OR UPDATE ON centers_paperrecord
    FOR EACH ROW EXECUTE FUNCTION paper_is_typed_by_two();
