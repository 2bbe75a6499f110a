-- The day in Morocco of an instant. Without it a donation shortly after midnight would count for the day before.
CREATE OR REPLACE FUNCTION morocco_day(instant timestamp with time zone)
RETURNS date LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    epoch numeric := extract(epoch FROM instant);
    added integer;
BEGIN
    SELECT seconds INTO added FROM donors_zoneoffset WHERE since <= epoch ORDER BY since DESC LIMIT 1;
    IF added IS NULL THEN
        RAISE EXCEPTION 'the clock of Morocco is not loaded'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'clock_of_morocco_is_loaded';
    END IF;
    RETURN date '1970-01-01' + floor((epoch + added) / 86400)::integer;
END
$$;
