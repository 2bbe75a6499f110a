-- Whether the times of a bleeding can hardly be: blood flows no faster than fills a bag of 450 mL in four minutes (faster
-- suggests an artery or a wrong time), a needle stays in for half an hour at most, and nobody gives before arriving.
-- `centers/collection/times.py` has the same figures. Without it a typing error would pass for a measured time.
CREATE OR REPLACE FUNCTION strange_times(
    arrived timestamptz, started timestamptz, ended timestamptz, volume integer
) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT started < arrived
        OR ended - started > interval '30 minutes'
        OR volume > 112.5 * extract(epoch FROM ended - started) / 60
$$;
