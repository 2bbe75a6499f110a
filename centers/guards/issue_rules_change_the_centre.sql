-- The rules of issue change by a row that names who, when and why; the program itself has no right to write the columns.
-- Without this the second look or the crossmatch could be given up and nobody would know by whom.
CREATE OR REPLACE FUNCTION issue_rules_change_the_centre() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE centers_center SET second_check = NEW.second_check, electronic_issue = NEW.electronic_issue
        WHERE id = NEW.center_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER issue_rules_change_the_centre AFTER INSERT ON centers_issueruleschange
    FOR EACH ROW EXECUTE FUNCTION issue_rules_change_the_centre();
