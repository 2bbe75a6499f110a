-- The group on record, including one proved by an ended doubt; of two joined rows the kept one counts. Without it
-- an earlier group would be ignored and a contradiction missed.
CREATE OR REPLACE FUNCTION group_on_record(person bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    linked bigint[] := ARRAY(SELECT linked_donor_rows(person));
    known text;
BEGIN
    SELECT blood_group INTO known FROM donors_donor WHERE id = ANY (linked) AND blood_group <> ''
        ORDER BY merged_into_id NULLS FIRST, id LIMIT 1;
    IF known IS NULL THEN
        SELECT s.label INTO known FROM (
            SELECT c.after AS label, c.at FROM centers_groupcorrection c
                JOIN centers_donation d ON d.id = c.donation_id WHERE d.donor_id = ANY (linked)
            UNION ALL
            SELECT g."group", g.closed_at FROM centers_groupdoubt g
                WHERE g.rows && linked AND g.proof_id IS NOT NULL
        ) s ORDER BY s.at DESC LIMIT 1;
    END IF;
    IF known IS NULL THEN
        SELECT b.blood_group INTO known FROM centers_donation d JOIN centers_bag b ON b.donation_id = d.id
            JOIN centers_movement m ON m.bag_id = b.id
            WHERE d.donor_id = ANY (linked) AND m.to_state IN ('released', 'available') ORDER BY m.id DESC LIMIT 1;
    END IF;
    RETURN coalesce(known, '');
END
$$;
