-- A deferral that nobody ended and that covers the day; the interval after a donation is no such.
-- Without it the rules about bags would each spell this, and one of them wrongly.
CREATE OR REPLACE FUNCTION deferral_covers(person bigint, day date)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM donors_deferral f JOIN donors_deferralreason r ON r.id = f.reason_id
        WHERE f.donor_id IN (SELECT linked_donor_rows(person)) AND f.ended_at IS NULL
            AND r.code <> 'MA-INTERVAL' AND f.starts_on <= day
            AND (f.ends_on IS NULL OR f.ends_on > day)
    )
$$;
