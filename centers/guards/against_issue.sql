-- The record that a movement needs (issue, reservation, …); returns the reason for refusal, or nothing. Without it
-- a bag of another group, reserved for another request or untested could be issued.
CREATE OR REPLACE FUNCTION against_issue(bag centers_bag) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    going centers_issue%ROWTYPE;
    verdict text;
    emergency boolean;
BEGIN
    SELECT i.* INTO going FROM centers_issue i WHERE i.bag_id = bag.id
        AND NOT EXISTS (SELECT FROM centers_return r WHERE r.issue_id = i.id);
    SELECT v.verdict INTO verdict FROM centers_component c
        JOIN centers_compatibility v ON v.family = c.family AND v.donor = bag.blood_group
            AND v.recipient = going.recipient_group
        WHERE c.code = bag.component_id;
    emergency := EXISTS (
        SELECT FROM centers_emergencyrelease WHERE bag_id = bag.id
            AND request_id = going.request_id AND second_id IS NOT NULL
    );
    RETURN CASE
        WHEN verdict IS NULL
            OR verdict <> 'compatible' AND NOT (emergency AND verdict = 'emergency_only')
            THEN 'movement_has_no_compatible_issue'
        WHEN bag.state = 'quarantined' AND NOT emergency
            THEN 'from_quarantine_only_an_emergency_release'
        WHEN bag.state = 'reserved' AND NOT EXISTS (
            SELECT FROM centers_reservation
            WHERE bag_id = bag.id AND ended_at IS NULL AND request_id = going.request_id
        ) THEN 'bag_is_reserved_for_another_request'
        ELSE '' END;
END
$$;
