-- The readings of each marker's last version.
CREATE OR REPLACE FUNCTION current_results(the_donation bigint)
RETURNS SETOF centers_result LANGUAGE sql STABLE AS $$
    SELECT r.* FROM centers_result r WHERE r.donation_id = the_donation AND NOT EXISTS (
        SELECT FROM centers_repeat p WHERE p.donation_id = r.donation_id
            AND p.marker_id = r.marker_id AND p.version > r.version
    )
$$;
