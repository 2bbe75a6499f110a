-- What people read of an antigen of the person who gave the donation, in whatever donation; C and E are also read
-- for the panel of donors without D. Of CMV the donation alone counts.
CREATE OR REPLACE FUNCTION extended_readings(the_donation bigint, the_test text)
RETURNS TABLE (outcome text, reader bigint) LANGUAGE sql STABLE AS $$
    SELECT e.outcome::text, e.read_by_id FROM centers_extendedreading e
        JOIN centers_donation d ON d.id = e.donation_id
        WHERE e.test = the_test AND CASE WHEN the_test = 'CMV' THEN d.id = the_donation
            ELSE d.donor_id IN (SELECT linked_donor_rows((
                SELECT donor_id FROM centers_donation WHERE id = the_donation
            ))) END
    UNION ALL
    SELECT r.outcome::text, r.entered_by_id FROM centers_result r
        JOIN centers_marker m ON m.id = r.marker_id AND m.code = the_test AND m.kind = 'group'
        JOIN centers_donation d ON d.id = r.donation_id
        WHERE the_test IN ('C', 'E') AND d.donor_id IN (SELECT linked_donor_rows((
            SELECT donor_id FROM centers_donation WHERE id = the_donation
        )))
$$;
