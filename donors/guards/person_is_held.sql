-- Bad news: nothing here raises. The rows of the person first: of two readings at once each sees the other.
-- Without it two readings at once would each miss the other.
CREATE OR REPLACE FUNCTION person_is_held(person bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT linked_donor_rows(person)))
        ORDER BY id FOR NO KEY UPDATE;
    RETURN ARRAY(SELECT linked_donor_rows(person));
END
$$;
