-- Without this a needle in and out in the same minute with 455 mL would stand on record unasked. Confirmed, it is kept:
-- a donation is never unrecordable.
CREATE OR REPLACE FUNCTION donation_times_were_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chair centers_bleeding%ROWTYPE;
    started timestamptz;
    arrived timestamptz;
BEGIN
    SELECT * INTO chair FROM centers_bleeding WHERE visit_id = NEW.visit_id;
    SELECT c."now"::timestamptz INTO started FROM centers_correction c
        WHERE c.visit_id = NEW.visit_id AND c.field = 'started_at' ORDER BY c.id DESC LIMIT 1;
    SELECT arrived_at - interval '1 minute' INTO arrived FROM centers_visit WHERE id = NEW.visit_id;
    IF chair.ended_at IS NOT NULL AND NOT chair.times_sure
        AND strange_times(arrived, coalesce(started, chair.started_at), chair.ended_at, NEW.volume)
    THEN
        RAISE EXCEPTION 'the times of the bleeding can hardly be'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'strange_times_are_confirmed';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER donation_times_were_asked BEFORE INSERT ON centers_donation
    FOR EACH ROW EXECUTE FUNCTION donation_times_were_asked();
