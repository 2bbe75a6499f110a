-- Locks the rows of the person, so that of two concurrent donations the second sees the first. Without this
-- somebody could give twice within the interval, or under a deferral. A bag already filled is kept, with its
-- conflict.
CREATE OR REPLACE FUNCTION donation_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text;
    visit centers_visit%ROWTYPE;
BEGIN
    PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT linked_donor_rows(NEW.donor_id)))
        ORDER BY id FOR UPDATE;
    SELECT * INTO visit FROM centers_visit WHERE id = NEW.visit_id;
    IF visit.donor_id <> NEW.donor_id OR visit.session_id <> NEW.session_id THEN
        RAISE EXCEPTION 'the visit belongs to another donor or session'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'visit_is_of_the_same_donor_and_session';
    END IF;
    IF (SELECT center_id FROM centers_session WHERE id = NEW.session_id) <> NEW.center_id THEN
        RAISE EXCEPTION 'the session belongs to another centre'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'session_is_of_the_same_centre';
    END IF;
    IF NEW.mode = 'online'
        AND NEW.collected_on <> morocco_day(now())
    THEN
        RAISE EXCEPTION 'an online entry is of today'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'online_entry_is_of_today';
    END IF;
    why := CASE WHEN visit.outcome <> 'accepted' THEN 'visit_not_accepted'
        ELSE donation_conflict(NEW.donor_id, NEW.collected_on) END;
    IF why <> '' AND NEW.mode = 'online'
        AND NOT EXISTS (SELECT FROM centers_bleeding WHERE visit_id = NEW.visit_id)
    THEN
        RAISE EXCEPTION 'donation refused: %', replace(why, '_', ' ')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = why;
    END IF;
    NEW.conflict := why;
    RETURN NEW;
END
$$;

CREATE TRIGGER donation_is_allowed BEFORE INSERT ON centers_donation
    FOR EACH ROW EXECUTE FUNCTION donation_is_allowed();
