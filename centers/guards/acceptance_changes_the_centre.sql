-- The rule of a centre changes by a row that names who, when and why; the program itself has no right to write the
-- column. Without this the rule could change and nobody would know by whom.
CREATE OR REPLACE FUNCTION acceptance_changes_the_centre() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE centers_center SET acceptance = NEW.acceptance WHERE id = NEW.center_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER acceptance_changes_the_centre AFTER INSERT ON centers_acceptancechange
    FOR EACH ROW EXECUTE FUNCTION acceptance_changes_the_centre();
