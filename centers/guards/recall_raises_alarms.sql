-- One alarm for each bag of the donation that is, or was used, at a hospital. Without this a recall would wait for
-- somebody to open its page, and the hospital would not know of it.
CREATE OR REPLACE FUNCTION recall_raises_alarms() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO centers_bagalarm (public_id, kind, bag_id, center_id, hospital_id, issue_id, recall_id, made_at)
    SELECT gen_random_uuid(), 'recall', b.id, b.center_id, hospital_of_issue(i.id), i.id, NEW.id, NEW.opened_at
    FROM centers_bag b LEFT JOIN centers_issue i ON i.bag_id = b.id
        AND NOT EXISTS (SELECT FROM centers_return r WHERE r.issue_id = i.id)
    WHERE b.id IN (SELECT reached_bags(NEW.donation_id)) AND b.state IN ('issued', 'transfused')
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER recall_raises_alarms AFTER INSERT ON centers_recall
    FOR EACH ROW EXECUTE FUNCTION recall_raises_alarms();
