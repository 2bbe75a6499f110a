-- Whether a machine called a sample of this number reactive and nobody has read or settled it. Without it two
-- readings by hand would release what the machine had warned of.
CREATE OR REPLACE FUNCTION reading_of_a_machine_waits(number text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM centers_heldreading WHERE din = number AND settled_at IS NULL AND outcome = 'reactive'
    )
$$;
