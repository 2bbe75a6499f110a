-- When two rows become one person: without this bags given under one row would stay in stock although the other
-- row is deferred, and earlier donations would miss their look-back.
CREATE OR REPLACE FUNCTION joining_takes_the_bags() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    rows bigint[] := ARRAY(SELECT linked_donor_rows(NEW.id));
    who bigint := (SELECT by_id FROM donors_merge WHERE gone_id = NEW.id ORDER BY id DESC LIMIT 1);
BEGIN
    PERFORM bars_take_the_bags(NEW.id, who);
    INSERT INTO centers_recall (public_id, donation_id, look_back_id, cause, because, opened_at,
        opened_by_id, outcome, verdict)
    SELECT DISTINCT ON (d.id) gen_random_uuid(), d.id, l.id, 'look_back', 'look_back', now(), who, '', ''
    FROM centers_lookback l JOIN centers_donation i ON i.id = l.donation_id
        JOIN centers_donation d ON d.donor_id = ANY (rows) AND d.id <> i.id
            AND d.collected_on <= i.collected_on AND d.collected_on > i.collected_on - 365
    WHERE i.donor_id = ANY (rows) AND l.closed_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM centers_recall r WHERE r.donation_id = d.id
            AND (r.closed_at IS NULL OR r.look_back_id = l.id))
    ORDER BY d.id, l.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER joining_takes_the_bags AFTER UPDATE OF merged_into_id ON donors_donor
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION joining_takes_the_bags();
