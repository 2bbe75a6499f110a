-- What was in a box is found by its number (bags_that_lay_there). Without this a box could be called otherwise, and
-- the bags it carried stay in stock when its logger says that it was too warm.
CREATE OR REPLACE FUNCTION box_keeps_its_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'centers_transfer' OR EXISTS (
        SELECT FROM centers_transfer t
        WHERE t.box = to_jsonb(OLD) ->> 'name'
            AND (to_jsonb(OLD) ->> 'center_id')::bigint IN (t.sender_id, t.receiver_id)
    ) THEN
        RAISE EXCEPTION 'a box that carried bags keeps its number'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'box_keeps_its_number';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER box_keeps_its_number BEFORE UPDATE OF name, kind, center_id ON centers_equipment
    FOR EACH ROW WHEN (
        OLD.kind = 'box'
        AND (NEW.name, NEW.kind, NEW.center_id) IS DISTINCT FROM (OLD.name, OLD.kind, OLD.center_id)
    ) EXECUTE FUNCTION box_keeps_its_number();

CREATE TRIGGER box_keeps_its_number BEFORE UPDATE OF box ON centers_transfer
    FOR EACH ROW WHEN (OLD.box <> '' AND NEW.box IS DISTINCT FROM OLD.box) EXECUTE FUNCTION box_keeps_its_number();
