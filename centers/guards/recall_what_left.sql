-- Opens the recall of issued bags by itself when a test result or a deferral requires it. Without it nobody would
-- call the hospital that has the bag.
CREATE OR REPLACE FUNCTION recall_what_left(the_donation bigint, who bigint, the_cause text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM centers_bag b LEFT JOIN centers_issue i ON i.bag_id = b.id
        WHERE b.id IN (SELECT reached_bags(the_donation)) AND (
            b.state = 'transfused' OR i.id IS NOT NULL AND b.state <> 'discarded'
                AND NOT EXISTS (SELECT FROM centers_return r WHERE r.issue_id = i.id)
        )
    ) AND NOT EXISTS (
        SELECT FROM centers_recall WHERE donation_id = the_donation AND closed_at IS NULL
    ) THEN
        INSERT INTO centers_recall (public_id, donation_id, cause, because, opened_at, opened_by_id,
            outcome, verdict)
        VALUES (gen_random_uuid(), the_donation, the_cause, the_cause, now(), who, '', '');
    END IF;
END
$$;
