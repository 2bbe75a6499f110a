-- Without this a recall could be closed while one of its bags is with a patient and its outcome unknown.
CREATE OR REPLACE FUNCTION recall_ends_with_every_bag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.closed_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT FROM centers_bag b WHERE b.id IN (SELECT reached_bags(NEW.donation_id)) AND (b.state IN (
            'quarantined', 'released', 'available', 'reserved', 'in_transit'
        ) OR b.state = 'blocked' AND NEW.verdict = 'discard')
    ) THEN
        RAISE EXCEPTION 'a bag of the recall is not blocked'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'every_bag_of_the_recall_is_blocked';
    END IF;
    IF EXISTS (
        SELECT FROM centers_bag b LEFT JOIN centers_issue i ON i.bag_id = b.id
        WHERE b.id IN (SELECT reached_bags(NEW.donation_id)) AND (
                b.state = 'transfused' OR i.id IS NOT NULL AND b.state <> 'discarded'
                    AND NOT EXISTS (SELECT FROM centers_return r WHERE r.issue_id = i.id)
            )
            AND NOT EXISTS (
                SELECT FROM centers_recallstep s WHERE s.recall_id = NEW.id AND s.bag_id = b.id
                    AND s.kind IN ('back', 'destroyed', 'transfused', 'cleared')
            )
    ) THEN
        RAISE EXCEPTION 'a bag of the recall has no end'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'every_bag_of_the_recall_has_its_end';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER recall_ends_with_every_bag BEFORE UPDATE ON centers_recall
    FOR EACH ROW EXECUTE FUNCTION recall_ends_with_every_bag();
