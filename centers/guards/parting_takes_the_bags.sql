-- When two joined rows are parted nobody knows which of the two gave a donation found reactive meanwhile: the
-- donations of the year before are recalled for both. Without this the infected one's bags could stay in use.
CREATE OR REPLACE FUNCTION parting_takes_the_bags() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parted donors_merge%ROWTYPE;
BEGIN
    SELECT * INTO parted FROM donors_merge WHERE gone_id = NEW.id ORDER BY id DESC LIMIT 1;
    INSERT INTO centers_recall (public_id, donation_id, look_back_id, cause, because, opened_at,
        opened_by_id, outcome, verdict)
    SELECT DISTINCT ON (d.id) gen_random_uuid(), d.id, l.id, 'look_back', 'look_back', now(),
        parted.undone_by_id, '', ''
    FROM centers_lookback l JOIN centers_donation i ON i.id = l.donation_id
        JOIN centers_donation d ON d.donor_id = NEW.id
            AND d.collected_on <= i.collected_on AND d.collected_on > i.collected_on - 365
    WHERE i.donor_id = OLD.merged_into_id AND i.received_at >= parted.at
        AND NOT EXISTS (SELECT FROM centers_recall r WHERE r.donation_id = d.id
            AND (r.closed_at IS NULL OR r.look_back_id = l.id))
    ORDER BY d.id, l.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER parting_takes_the_bags AFTER UPDATE OF merged_into_id ON donors_donor
    FOR EACH ROW WHEN (
        OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NULL
    ) EXECUTE FUNCTION parting_takes_the_bags();
