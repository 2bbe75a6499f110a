-- The last day on which a person may have been born, where only the year or the month is known. Without it a rule on
-- the least age would count from an invented first of January.
CREATE OR REPLACE FUNCTION latest_birth(born date, known text) RETURNS date LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE known
        WHEN 'year' THEN make_date(extract(year FROM born)::int, 12, 31)
        WHEN 'month' THEN
            (make_date(extract(year FROM born)::int, extract(month FROM born)::int, 1) + interval '1 month')::date - 1
        ELSE born
    END
$$;
