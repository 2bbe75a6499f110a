-- Without this a look-back could be entered as already closed, and nobody would follow it up.
CREATE OR REPLACE FUNCTION look_back_begins_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a look-back begins open'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'look_back_begins_open';
END
$$;

CREATE TRIGGER look_back_begins_open BEFORE INSERT ON centers_lookback
    FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION look_back_begins_open();
