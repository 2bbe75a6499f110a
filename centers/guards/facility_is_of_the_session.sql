-- Whether the facility is the centre's, one of the session's ranges, or confirmed by a person. Without it another
-- facility's number scanned by mistake would pass.
CREATE OR REPLACE FUNCTION facility_is_of_the_session(the_din text, the_session bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    own text := (SELECT c.facility FROM centers_session s JOIN centers_center c ON c.id = s.center_id
        WHERE s.id = the_session);
    ranged boolean := EXISTS (SELECT FROM centers_numberrange WHERE session_id = the_session);
BEGIN
    IF left(the_din, 5) = own OR EXISTS (
        SELECT FROM centers_numberrange
        WHERE session_id = the_session AND left(first, 5) = left(the_din, 5)
    ) OR EXISTS (
        SELECT FROM centers_foreignnumber f WHERE f.session_id = the_session
            AND (f.din = the_din OR own = '' AND NOT ranged AND left(f.din, 5) = left(the_din, 5))
    ) THEN
        RETURN;
    END IF;
    RAISE EXCEPTION 'the facility is not of this session'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'facility_is_of_the_session';
END
$$;
