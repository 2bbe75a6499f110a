-- A label is printed for a bag that is released, or about to leave in an emergency; a second one has a reason.
-- Without this a label could be printed for untested blood, or say what the bag is not.
CREATE OR REPLACE FUNCTION label_tells_the_bag() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    why text := '';
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id FOR UPDATE;
    NEW.at := clock_timestamp();
    IF NOT (CASE bag.state
        WHEN 'released' THEN NOT NEW.not_fully_tested
        WHEN 'quarantined' THEN NEW.not_fully_tested
            AND EXISTS (SELECT FROM centers_emergencyrelease WHERE bag_id = bag.id)
        ELSE false END)
    THEN
        why := 'label_is_of_a_released_bag';
    ELSIF (NEW.blood_group, NEW.division, NEW.expires_at) <> (bag.blood_group, bag.division, bag.expires_at)
        OR NEW.product <> (SELECT local_code FROM centers_component WHERE code = bag.component_id)
        OR bag.component_id = 'PLT-POOL'
            AND 2 > (SELECT count(*) FROM centers_poolpart WHERE pool_id = bag.id)
        OR NEW.blood_group = '' OR NEW.volume IS NULL OR NEW.volume <> bag.volume
    THEN
        why := 'label_tells_what_the_bag_is';
    ELSIF (NEW.reason <> '') <> EXISTS (SELECT FROM centers_label WHERE bag_id = bag.id) THEN
        why := 'second_label_has_a_reason';
    END IF;
    IF why <> '' THEN
        RAISE EXCEPTION '%', replace(why, '_', ' ')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = why;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER label_tells_the_bag BEFORE INSERT ON centers_label
    FOR EACH ROW EXECUTE FUNCTION label_tells_the_bag();
