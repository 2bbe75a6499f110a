-- Without this anybody could be entered as one of the two people who let a centre's stock go below its reserve: both
-- are managers of the sending centre, or administrators.
CREATE OR REPLACE FUNCTION second_person_is_responsible() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM donors_user u
        WHERE (u.id = NEW.asked_below_by_id AND OLD.asked_below_by_id IS DISTINCT FROM NEW.asked_below_by_id
                OR u.id = NEW.agreed_below_by_id AND OLD.agreed_below_by_id IS DISTINCT FROM NEW.agreed_below_by_id)
            AND NOT (u.is_active AND (u.is_administrator OR EXISTS (
                SELECT FROM centers_staff f
                WHERE f.user_id = u.id AND f.center_id = NEW.sender_id AND f.job = 'manager'
                    AND f.since <= morocco_day(now()) AND (f.until IS NULL OR f.until > morocco_day(now()))
            )))
    ) THEN
        RAISE EXCEPTION 'the reserve is opened by managers or administrators'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reserve_is_opened_by_managers';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER second_person_is_responsible BEFORE UPDATE ON centers_transfer
    FOR EACH ROW WHEN (NEW.asked_below_by_id IS NOT NULL)
    EXECUTE FUNCTION second_person_is_responsible();
