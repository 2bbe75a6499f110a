-- Whether a text says why: two different words, eight letters, five different ones, no letter four times running.
-- Without it a decision against the record could be founded on "ok", "xxxxxxxx" or a dot.
CREATE OR REPLACE FUNCTION says_something(said text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT length(letters) >= 8
        AND letters !~ '(.)\1\1\1'
        AND (SELECT count(DISTINCT c) FROM regexp_split_to_table(letters, '') c) >= 5
        AND (SELECT count(DISTINCT w)
            FROM regexp_split_to_table(lower(said), '[[:space:]0-9!-/:-@[-`{-~؟،؛ـ«»]+') w
            WHERE length(w) > 1) >= 2
    FROM (SELECT lower(regexp_replace(said, '[[:space:]0-9!-/:-@[-`{-~؟،؛ـ«»]+', '', 'g')) AS letters) s
$$;
