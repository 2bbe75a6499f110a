-- The hospital of an issue: that of its request, or the one of the centre's list that has the typed name. Without
-- it a bag issued without a request would be recalled from nobody.
CREATE OR REPLACE FUNCTION hospital_of_issue(the_issue bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT hospital_id FROM centers_request WHERE id = i.request_id),
        (SELECT min(h.id) FROM centers_hospital h WHERE h.center_id = b.center_id
            AND btrim(i.hospital) IN (h.name_fr, h.name_ar, h.name_en))
    )
    FROM centers_issue i JOIN centers_bag b ON b.id = i.bag_id WHERE i.id = the_issue
$$;
