from django.db import migrations

FUNCTION = """
CREATE FUNCTION din_check_character(din text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
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
"""


class Migration(migrations.Migration):
    """ISO/IEC 7064 modulus 37-2, stated again in the database so that no program can pass it by."""

    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION din_check_character(text)")]
