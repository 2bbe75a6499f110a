-- Whether a person held one of these jobs at a centre on the day of a moment. Without it a decision that is a doctor's
-- could be written under the name of anybody.
CREATE OR REPLACE FUNCTION holds_job(who bigint, place bigint, jobs text[], at timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM centers_staff f WHERE f.user_id = who AND f.center_id = place AND f.job = ANY (jobs)
            AND f.since <= morocco_day(at) AND (f.until IS NULL OR f.until > morocco_day(at))
    )
$$;
