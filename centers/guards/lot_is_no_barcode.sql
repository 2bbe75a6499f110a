-- Without this a number scanned into the field of the lot would be part of the lot, and a recall by the lot
-- would miss the bag. What was recorded before stays, and can be ended.
CREATE OR REPLACE FUNCTION lot_is_no_barcode() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lot text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF lot ~ '=|&[^0-9A-Za-z ]' OR position(to_jsonb(NEW) ->> 'din' IN upper(lot)) > 0 THEN
        RAISE EXCEPTION 'the lot holds another barcode'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lot_is_no_barcode';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER bleeding_lot_is_no_barcode BEFORE INSERT ON centers_bleeding
    FOR EACH ROW EXECUTE FUNCTION lot_is_no_barcode('lot');
CREATE TRIGGER result_lot_is_no_barcode BEFORE INSERT ON centers_result
    FOR EACH ROW EXECUTE FUNCTION lot_is_no_barcode('lot');
CREATE TRIGGER correction_lot_is_no_barcode BEFORE INSERT ON centers_correction
    FOR EACH ROW WHEN (NEW.field = 'lot') EXECUTE FUNCTION lot_is_no_barcode('now');
