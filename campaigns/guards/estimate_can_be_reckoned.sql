-- Curve and weights are lists inside the row. Without this a negative weight or a curve that falls would make a
-- negative need, and the planner take blood from where patients are.
CREATE OR REPLACE FUNCTION estimate_can_be_reckoned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    points integer := jsonb_array_length(NEW.curve);
BEGIN
    IF points < 2 OR (NEW.curve -> 0) <> '[0, 0]' OR (NEW.curve -> points - 1 ->> 1)::numeric <> 1 OR EXISTS (
        SELECT FROM (
            SELECT (point ->> 0)::numeric AS hours, (point ->> 1)::numeric AS used,
                lag((point ->> 0)::numeric) OVER (ORDER BY place) AS earlier,
                lag((point ->> 1)::numeric) OVER (ORDER BY place) AS less
            FROM jsonb_array_elements(NEW.curve) WITH ORDINALITY AS each (point, place)
        ) steps WHERE hours <= earlier OR used < less
    ) THEN
        RAISE EXCEPTION 'the curve rises from nothing to everything'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'estimate_curve_rises_to_everything';
    END IF;
    IF NEW.weights = '{}' OR EXISTS (
        SELECT FROM jsonb_each_text(NEW.weights) LEFT JOIN centers_center ON code = key
        WHERE value::numeric <= 0 OR code IS NULL
    ) THEN
        RAISE EXCEPTION 'some centre receives the patients'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'estimate_names_its_centres';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER estimate_can_be_reckoned BEFORE INSERT ON campaigns_estimate
    FOR EACH ROW EXECUTE FUNCTION estimate_can_be_reckoned();
