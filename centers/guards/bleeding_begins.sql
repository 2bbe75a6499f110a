-- Without this a bleeding could start for a donor who is not accepted, is already giving at another chair, or was
-- deferred after being accepted.
CREATE OR REPLACE FUNCTION bleeding_begins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    visit centers_visit%ROWTYPE;
    day date := morocco_day(NEW.started_at);
    why text;
BEGIN
    SELECT * INTO visit FROM centers_visit WHERE id = NEW.visit_id FOR UPDATE;
    PERFORM number_is_free(NEW.din, visit.session_id, NEW.visit_id);
    -- Entered from paper it has happened already: the donation is kept with its conflict, its bags blocked.
    IF EXISTS (SELECT FROM centers_paperrecord WHERE visit_id = NEW.visit_id) THEN
        RETURN NEW;
    END IF;
    -- Locks the person: two chairs at once, or a concurrent deferral, must not overlook each other.
    PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT linked_donor_rows(visit.donor_id)))
        ORDER BY id FOR UPDATE;
    why := CASE
        WHEN visit.outcome <> 'accepted' THEN 'visit_not_accepted'
        WHEN NEW.started_at < now() - interval '12 hours' THEN 'past_bleeding_comes_from_paper'
        WHEN EXISTS (
            SELECT FROM centers_bleeding b JOIN centers_visit v ON v.id = b.visit_id
            WHERE v.donor_id IN (SELECT linked_donor_rows(visit.donor_id)) AND b.visit_id <> NEW.visit_id
                AND b.ended_at IS NULL AND b.started_at > now() - interval '12 hours'
        ) THEN 'needle_is_in_elsewhere'
        WHEN broken_bound(visit, day) IS NOT NULL THEN 'hard_bound_is_broken'
        ELSE donation_conflict(visit.donor_id, day) END;
    IF why <> '' THEN
        RAISE EXCEPTION 'bleeding refused: %', replace(why, '_', ' ')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = why;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER bleeding_begins BEFORE INSERT ON centers_bleeding
    FOR EACH ROW EXECUTE FUNCTION bleeding_begins();
