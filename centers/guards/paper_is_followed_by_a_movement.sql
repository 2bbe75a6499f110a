-- Checked at the end of the transaction: a record (issue, return, …) without its movement is refused. Without this
-- the records would say that a bag left, and the stock that it is still here.
CREATE OR REPLACE FUNCTION paper_is_followed_by_a_movement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    row jsonb;
    good boolean;
BEGIN
    EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE id = $1', TG_TABLE_NAME) INTO row USING NEW.id;
    SELECT * INTO bag FROM centers_bag WHERE id = coalesce(
        (row ->> 'bag_id')::bigint,
        (SELECT bag_id FROM centers_issue WHERE id = (row ->> 'issue_id')::bigint)
    );
    good := CASE TG_TABLE_NAME
        WHEN 'centers_issue' THEN
            (SELECT count(*) FROM centers_issue WHERE bag_id = bag.id)
            = (SELECT count(*) FROM centers_movement WHERE bag_id = bag.id AND to_state = 'issued')
        WHEN 'centers_return' THEN
            (SELECT count(*) FROM centers_return r JOIN centers_issue i ON i.id = r.issue_id
                WHERE i.bag_id = bag.id)
            <= (SELECT count(*) FROM centers_movement WHERE bag_id = bag.id
                AND from_state = 'issued' AND to_state IN ('blocked', 'discarded'))
        WHEN 'centers_reservation' THEN row ->> 'ended_at' IS NOT NULL OR bag.state = 'reserved'
        WHEN 'centers_transferbag' THEN CASE
            WHEN (row ->> 'unpacked')::boolean THEN bag.state <> 'in_transit'
            WHEN row ->> 'arrived' IS NULL THEN bag.state IN ('in_transit', 'blocked', 'expired', 'discarded')
            WHEN (row ->> 'arrived')::boolean THEN EXISTS (
                SELECT FROM centers_movement m JOIN centers_transfer t
                    ON t.id = (row ->> 'transfer_id')::bigint
                WHERE m.bag_id = bag.id AND m.center_id = t.receiver_id AND m.at >= t.packed_at
            )
            ELSE bag.state = 'discarded' END
        WHEN 'centers_foundbag' THEN
            (SELECT count(*) FROM centers_foundbag WHERE bag_id = bag.id)
            = (SELECT count(*) FROM centers_movement WHERE bag_id = bag.id
                AND from_state IN ('discarded', 'expired') AND to_state IN ('blocked', 'transfused'))
        WHEN 'centers_recallstep' THEN CASE row ->> 'kind'
            WHEN 'back' THEN bag.state NOT IN ('issued', 'transfused')
            WHEN 'destroyed' THEN bag.state = 'discarded'
            WHEN 'transfused' THEN bag.state = 'transfused'
            WHEN 'cleared' THEN bag_release_hindrance(bag.id) = ''
            ELSE true END
    END;
    IF NOT good THEN
        RAISE EXCEPTION 'no movement of the bag follows this row of %', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'paper_is_followed_by_a_movement';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER foundbag_is_followed AFTER INSERT ON centers_foundbag
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();

CREATE CONSTRAINT TRIGGER issue_is_followed AFTER INSERT ON centers_issue
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();

CREATE CONSTRAINT TRIGGER recallstep_is_followed AFTER INSERT ON centers_recallstep
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();

CREATE CONSTRAINT TRIGGER reservation_is_followed AFTER INSERT ON centers_reservation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();

CREATE CONSTRAINT TRIGGER return_is_followed AFTER INSERT ON centers_return
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();

CREATE CONSTRAINT TRIGGER transferbag_is_followed AFTER INSERT OR UPDATE ON centers_transferbag
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();
