-- The first day on which a person may have been born. Without it a day could be stored beside a precision that has
-- none, and a page, a label or an export would show it.
CREATE OR REPLACE FUNCTION earliest_birth(born date, known text) RETURNS date LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE known
        WHEN 'year' THEN make_date(extract(year FROM born)::int, 1, 1)
        WHEN 'month' THEN make_date(extract(year FROM born)::int, extract(month FROM born)::int, 1)
        ELSE born
    END
$$;
