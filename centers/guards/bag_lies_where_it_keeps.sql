-- Without this a bag could be put where it is too warm for it, into equipment that is out of service, or under an
-- alarm that nobody has decided; or a placement be changed afterwards.
CREATE OR REPLACE FUNCTION bag_lies_where_it_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place centers_equipment%ROWTYPE;
    bag centers_bag%ROWTYPE;
    product centers_component%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.until IS NOT NULL OR (NEW.equipment_id, NEW.bag_id, NEW.since, NEW.by_id)
            IS DISTINCT FROM (OLD.equipment_id, OLD.bag_id, OLD.since, OLD.by_id)
        THEN
            RAISE EXCEPTION 'a placement only ends'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'placement_only_ends';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO place FROM centers_equipment WHERE id = NEW.equipment_id FOR SHARE;
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id;
    SELECT * INTO product FROM centers_component WHERE code = bag.component_id;
    IF place.kind NOT IN ('refrigerator', 'freezer', 'agitator') OR bag.center_id <> place.center_id
        OR product.storage_min_c IS NOT NULL AND coalesce(place.min_c, -300) < product.storage_min_c
        OR product.storage_max_c IS NOT NULL AND coalesce(place.max_c, 300) > product.storage_max_c
    THEN
        RAISE EXCEPTION 'the bag does not keep there'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bag_lies_where_it_keeps';
    END IF;
    IF EXISTS (
        SELECT FROM centers_temperaturealarm WHERE equipment_id = place.id AND decided_at IS NULL
    ) THEN
        RAISE EXCEPTION 'an alarm of this equipment is open'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'equipment_has_an_open_alarm';
    END IF;
    IF NOT equipment_is_fit(place.id, morocco_day(now())) THEN
        RAISE EXCEPTION 'the equipment is not fit'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'equipment_is_fit';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER bag_lies_where_it_keeps BEFORE INSERT OR UPDATE ON centers_placement
    FOR EACH ROW EXECUTE FUNCTION bag_lies_where_it_keeps();
