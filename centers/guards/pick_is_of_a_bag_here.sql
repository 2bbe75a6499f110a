-- The first scan. Without this a bag with another group's label, of another centre, or already gone could be picked,
-- or the disaster reserve be opened by anybody.
CREATE OR REPLACE FUNCTION pick_is_of_a_bag_here() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    asked centers_request%ROWTYPE;
    why text := '';
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id FOR UPDATE;
    SELECT * INTO asked FROM centers_request WHERE id = NEW.request_id;
    why := CASE
        WHEN asked.closed_at IS NOT NULL THEN 'request_is_closed'
        WHEN bag.state NOT IN ('available', 'reserved') THEN 'bag_does_not_go_there'
        WHEN EXISTS (
            SELECT FROM centers_reservation WHERE bag_id = NEW.bag_id AND ended_at IS NULL
                AND request_id <> NEW.request_id
        ) THEN 'bag_is_reserved_for_another_request'
        WHEN asked.center_id <> bag.center_id OR NOT component_serves(asked.component_id, bag.component_id)
            THEN 'bag_does_not_fit_the_request'
        WHEN NEW.scanned_group <> bag.blood_group THEN 'group_bar_is_that_of_the_bag'
        WHEN NEW.reserve_by_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM donors_user u JOIN centers_staff f ON f.user_id = u.id
            WHERE u.id = NEW.reserve_by_id AND u.is_active AND f.center_id = bag.center_id
                AND f.job = 'manager' AND f.since <= morocco_day(now())
                AND (f.until IS NULL OR f.until > morocco_day(now()))
        ) THEN 'reserve_is_opened_by_its_manager'
        ELSE '' END;
    IF why <> '' THEN
        RAISE EXCEPTION '%', replace(why, '_', ' ')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = why;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER pick_is_of_a_bag_here BEFORE INSERT ON centers_pick
    FOR EACH ROW EXECUTE FUNCTION pick_is_of_a_bag_here();
