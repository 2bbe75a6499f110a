-- ISO/IEC 7064 modulus 37-2, implemented in the database too, so that no program can bypass it. Table constraints
-- call it, therefore it is loaded before the tables.
CREATE OR REPLACE FUNCTION din_check_character(din text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    alphabet CONSTANT text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*';
    total integer := 0;
BEGIN
    FOR i IN 1 .. length(din) LOOP
        total := (total + position(substr(din, i, 1) IN alphabet) - 1) * 2 % 37;
    END LOOP;
    RETURN substr(alphabet, (38 - total) % 37 + 1, 1);
END
$$;
