-- Without this the person's record would keep the group that was disproved.
CREATE OR REPLACE FUNCTION group_doubt_settles_the_record() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    known text := group_of_the_person(NEW.proof_id, NEW."group");
BEGIN
    UPDATE donors_donor SET blood_group = known
        WHERE id = ANY (NEW.rows) AND blood_group NOT IN ('', known);
    RETURN NULL;
END
$$;

CREATE TRIGGER group_doubt_settles_the_record AFTER UPDATE OF closed_at ON centers_groupdoubt
    FOR EACH ROW WHEN (NEW.proof_id IS NOT NULL) EXECUTE FUNCTION group_doubt_settles_the_record();
