-- Without this a range could be extended over numbers of another session, or be reopened.
CREATE OR REPLACE FUNCTION range_only_comes_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.session_id, NEW.device, NEW.first, NEW.last, NEW.issued_at, NEW.issued_by_id)
        IS DISTINCT FROM
        (OLD.session_id, OLD.device, OLD.first, OLD.last, OLD.issued_at, OLD.issued_by_id)
        OR OLD.closed_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'a range of numbers changes only when its rest comes back'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'number_range_only_comes_back';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER range_only_comes_back BEFORE UPDATE ON centers_numberrange
    FOR EACH ROW EXECUTE FUNCTION range_only_comes_back();
