-- Without this a look into a record could be written down for another hour, or long ago.
CREATE OR REPLACE FUNCTION look_is_timed_by_the_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.at NOT BETWEEN now() AND clock_timestamp() AND NOT session_is_owner() THEN
        RAISE EXCEPTION 'a look into a record is noted when it happens'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'look_is_timed_by_the_clock';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER look_is_timed_by_the_clock BEFORE INSERT ON donors_accesslog
    FOR EACH ROW EXECUTE FUNCTION look_is_timed_by_the_clock();

CREATE TRIGGER look_is_timed_by_the_clock BEFORE INSERT ON donors_useraccess
    FOR EACH ROW EXECUTE FUNCTION look_is_timed_by_the_clock();
