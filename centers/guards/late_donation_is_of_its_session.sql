-- Without this a paper entered late could put a donation on a day without session, and shift its expiry. One day
-- of tolerance on both sides: some sessions pass midnight.
CREATE OR REPLACE FUNCTION late_donation_is_of_its_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM centers_session s WHERE s.id = NEW.session_id
            AND NEW.collected_on BETWEEN morocco_day(s.starts_at) - 1
                AND morocco_day(s.ends_at) + 1
            AND NEW.collected_on <= morocco_day(now())
    ) THEN
        RAISE EXCEPTION 'a donation is of a day of its session'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'donation_is_of_a_day_of_its_session';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER late_donation_is_of_its_session BEFORE INSERT ON centers_donation
    FOR EACH ROW WHEN (NEW.mode <> 'online') EXECUTE FUNCTION late_donation_is_of_its_session();
