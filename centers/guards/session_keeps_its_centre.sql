-- Donations, numbers and bags store the centre too. Without this they would belong to another centre than their
-- session.
CREATE OR REPLACE FUNCTION session_keeps_its_centre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a session keeps its centre'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'session_keeps_its_centre';
END
$$;

CREATE TRIGGER session_keeps_its_centre BEFORE UPDATE OF id, center_id ON centers_session
    FOR EACH ROW WHEN (
        NEW.id IS DISTINCT FROM OLD.id OR NEW.center_id IS DISTINCT FROM OLD.center_id
    ) EXECUTE FUNCTION session_keeps_its_centre();
