-- A doubt about a group holds the person's bags at once. Without this a doubt could be entered as already ended,
-- and the bags would stay in use.
CREATE OR REPLACE FUNCTION group_doubt_begins() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_WHEN = 'AFTER' THEN
        PERFORM group_doubt_takes_the_bags(NEW.donor_id, NEW.opened_by_id);
    ELSIF NEW.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a doubt about a group begins open'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'group_doubt_begins_open';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER group_doubt_begins_open BEFORE INSERT ON centers_groupdoubt
    FOR EACH ROW EXECUTE FUNCTION group_doubt_begins();

CREATE TRIGGER group_doubt_takes_the_bags AFTER INSERT ON centers_groupdoubt
    FOR EACH ROW EXECUTE FUNCTION group_doubt_begins();
