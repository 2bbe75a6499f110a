-- Rules read these rows, bad news too: they change while a release loads them and are never gone.
-- Without this a changed row would move the day of every rule.
CREATE OR REPLACE FUNCTION zone_rows_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF session_is_owner() THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the clock of Morocco changes with a release only'
        USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'clock_of_morocco_changes_with_a_release_only';
END
$$;

CREATE TRIGGER zone_rows_stand BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON donors_zoneoffset
    FOR EACH STATEMENT EXECUTE FUNCTION zone_rows_stand();
