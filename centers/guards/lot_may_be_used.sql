-- Without this blood could be taken into bags past their date, or a test be read with a recalled reagent. Bad news
-- is accepted whatever its reagent.
CREATE OR REPLACE FUNCTION lot_may_be_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used jsonb := to_jsonb(NEW);
    place bigint;
    day date;
    lot centers_lot%ROWTYPE;
BEGIN
    IF TG_ARGV[0] = 'bags' THEN
        SELECT s.center_id INTO place FROM centers_visit v JOIN centers_session s ON s.id = v.session_id
            WHERE v.id = (used ->> 'visit_id')::bigint;
        day := morocco_day((used ->> 'started_at')::timestamptz);
    ELSE
        SELECT center_id INTO place FROM centers_donation WHERE id = (used ->> 'donation_id')::bigint;
        day := morocco_day(coalesce(used ->> 'entered_at', used ->> 'read_at')::timestamptz);
    END IF;
    SELECT * INTO lot FROM centers_lot WHERE center_id = place AND kind = TG_ARGV[0]
        AND upper(number) = upper(used ->> 'lot');
    IF lot.recalled_at IS NOT NULL THEN
        RAISE EXCEPTION 'the lot is recalled'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lot_is_recalled';
    ELSIF lot.expires_on < day THEN
        RAISE EXCEPTION 'the lot has expired'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lot_has_expired';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER bags_of_the_lot_may_be_used BEFORE INSERT ON centers_bleeding
    FOR EACH ROW EXECUTE FUNCTION lot_may_be_used('bags');
CREATE TRIGGER reagent_of_the_lot_may_be_used BEFORE INSERT ON centers_result
    FOR EACH ROW WHEN (NEW.outcome <> 'reactive' AND NEW.lot <> '')
    EXECUTE FUNCTION lot_may_be_used('reagent');
CREATE TRIGGER reagent_of_the_lot_may_be_used BEFORE INSERT ON centers_extendedreading
    FOR EACH ROW WHEN (NEW.outcome <> 'positive' AND NEW.lot <> '')
    EXECUTE FUNCTION lot_may_be_used('reagent');
