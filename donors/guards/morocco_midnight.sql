-- The instant at which a day begins in Morocco.
-- Without it products would expire an hour early or late around Ramadan.
CREATE OR REPLACE FUNCTION morocco_midnight(on_day date)
RETURNS timestamp with time zone LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    wall bigint := (on_day - date '1970-01-01') * 86400::bigint;
    added integer;
BEGIN
    SELECT seconds INTO added FROM donors_zoneoffset WHERE since_wall <= wall
        ORDER BY since_wall DESC LIMIT 1;
    IF added IS NULL THEN
        RAISE EXCEPTION 'the clock of Morocco is not loaded'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'clock_of_morocco_is_loaded';
    END IF;
    RETURN to_timestamp(wall - added);
END
$$;
