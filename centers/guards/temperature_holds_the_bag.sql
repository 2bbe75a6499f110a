-- Whether an alarm about a bag is open, or ended against using it. Without it such a bag would be released by
-- anybody who may release.
CREATE OR REPLACE FUNCTION temperature_holds_the_bag(the_bag bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM centers_alarmbag b JOIN centers_temperaturealarm a ON a.id = b.alarm_id
        WHERE b.bag_id = the_bag AND a.verdict <> 'use'
    )
$$;
