-- The function is in donors/guards/look_is_timed_by_the_clock.sql.
CREATE TRIGGER look_is_timed_by_the_clock BEFORE INSERT ON centers_patientaccess
    FOR EACH ROW EXECUTE FUNCTION look_is_timed_by_the_clock();
