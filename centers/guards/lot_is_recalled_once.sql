-- Without this a recalled lot could come back into use, or become another one under readings that name it.
CREATE OR REPLACE FUNCTION lot_is_recalled_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.public_id, NEW.center_id, NEW.kind, NEW.number)
        IS DISTINCT FROM (OLD.id, OLD.public_id, OLD.center_id, OLD.kind, OLD.number)
        OR OLD.recalled_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'a lot keeps what it is, and is recalled once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lot_is_recalled_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER lot_is_recalled_once BEFORE UPDATE ON centers_lot
    FOR EACH ROW EXECUTE FUNCTION lot_is_recalled_once();
