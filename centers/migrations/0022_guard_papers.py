from django.db import migrations

ISSUE = """
-- FFP-THAWED serves who asked for FFP: what a recipe with a life of its own makes of it.
CREATE FUNCTION component_serves(asked text, given text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT asked = given OR EXISTS (
        SELECT FROM centers_recipe r JOIN centers_recipepart p ON p.recipe_id = r.code
        WHERE r.of_id = asked AND p.makes_id = given AND p.life_hours IS NOT NULL
    )
$$;

CREATE FUNCTION issue_fits_its_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    asked centers_request%ROWTYPE;
    why text := '';
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id FOR UPDATE;
    SELECT * INTO asked FROM centers_request WHERE id = NEW.request_id;
    IF EXISTS (
        SELECT FROM centers_issue i WHERE i.bag_id = NEW.bag_id
            AND NOT EXISTS (SELECT FROM centers_return r WHERE r.issue_id = i.id)
    ) THEN
        why := 'centers_issue_bag_id: issued already';
    ELSIF bag.state NOT IN ('quarantined', 'available', 'reserved') THEN
        why := format('a bag does not go from %s to issued', bag.state);
    ELSIF NEW.request_id IS NOT NULL AND asked.closed_at IS NOT NULL THEN
        why := 'the request is closed';
    ELSIF NEW.request_id IS NOT NULL AND NOT (
        component_serves(asked.component_id, bag.component_id) AND asked.center_id = bag.center_id
        AND asked.recipient_group = NEW.recipient_group
    ) THEN
        why := 'the bag does not fit the request';
    ELSIF EXISTS (
        SELECT FROM centers_reservation WHERE bag_id = NEW.bag_id AND ended_at IS NULL
            AND request_id IS DISTINCT FROM NEW.request_id
    ) THEN
        why := 'reserved for another request';
    END IF;
    IF why <> '' THEN
        RAISE EXCEPTION '%', why USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER issue_fits_its_request BEFORE INSERT ON centers_issue
    FOR EACH ROW EXECUTE FUNCTION issue_fits_its_request();

CREATE FUNCTION return_is_of_a_bag_away() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
BEGIN
    SELECT b.* INTO bag FROM centers_bag b JOIN centers_issue i ON i.bag_id = b.id
        WHERE i.id = NEW.issue_id FOR UPDATE OF b;
    IF bag.state <> 'issued' THEN
        RAISE EXCEPTION 'the bag is %, not issued', bag.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER return_is_of_a_bag_away BEFORE INSERT ON centers_return
    FOR EACH ROW EXECUTE FUNCTION return_is_of_a_bag_away();
"""

# At the end of the transaction: a paper that no movement followed is refused.
FOLLOWED = """
CREATE FUNCTION paper_is_followed_by_a_movement() RETURNS trigger LANGUAGE plpgsql AS $$
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
        WHEN 'centers_recallstep' THEN CASE row ->> 'kind'
            WHEN 'back' THEN bag.state NOT IN ('issued', 'transfused')
            WHEN 'destroyed' THEN bag.state = 'discarded'
            WHEN 'transfused' THEN bag.state = 'transfused'
            WHEN 'cleared' THEN bag_release_hindrance(bag.id) = ''
            ELSE true END
    END;
    IF NOT good THEN
        RAISE EXCEPTION 'no movement of the bag follows this row of %', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER issue_is_followed AFTER INSERT ON centers_issue
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();
CREATE CONSTRAINT TRIGGER return_is_followed AFTER INSERT ON centers_return
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();
CREATE CONSTRAINT TRIGGER reservation_is_followed AFTER INSERT ON centers_reservation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();
CREATE CONSTRAINT TRIGGER transferbag_is_followed AFTER INSERT OR UPDATE ON centers_transferbag
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();
CREATE CONSTRAINT TRIGGER recallstep_is_followed AFTER INSERT ON centers_recallstep
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paper_is_followed_by_a_movement();

CREATE FUNCTION transfer_begins_as_a_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'proposed' THEN
        RAISE EXCEPTION 'a transfer begins as a proposal'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER transfer_begins_as_a_proposal BEFORE INSERT ON centers_transfer
    FOR EACH ROW EXECUTE FUNCTION transfer_begins_as_a_proposal();
"""

RECALL = """
CREATE FUNCTION recall_begins_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The donation before its bags, as a result that is being written locks them.
    PERFORM FROM centers_donation WHERE id = NEW.donation_id FOR SHARE;
    IF NEW.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a recall begins open' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER recall_begins_open BEFORE INSERT ON centers_recall
    FOR EACH ROW EXECUTE FUNCTION recall_begins_open();

CREATE FUNCTION recall_blocks_the_bags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM block_bags(NEW.donation_id, NEW.opened_by_id, 'recall', true);
    RETURN NULL;
END
$$;
CREATE TRIGGER recall_blocks_the_bags AFTER INSERT ON centers_recall
    FOR EACH ROW EXECUTE FUNCTION recall_blocks_the_bags();

-- The bags of a donation that are in stock or on their way, and with the last word those in quarantine.
CREATE FUNCTION block_bags(the_donation bigint, who bigint, because text, waiting_too boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    bag record;
BEGIN
    PERFORM FROM centers_donation WHERE id = the_donation FOR SHARE;
    PERFORM FROM centers_bag WHERE donation_id = the_donation ORDER BY id FOR UPDATE;
    FOR bag IN
        SELECT id, state, center_id FROM centers_bag WHERE donation_id = the_donation
            AND (state IN ('available', 'reserved', 'in_transit') OR state = 'quarantined' AND waiting_too)
        ORDER BY id
    LOOP
        INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)
        VALUES (bag.id, 0, bag.state, 'blocked', bag.center_id, now(), who, because);
    END LOOP;
END
$$;

-- What left is called back on the word of the laboratory, or of a deferral, without waiting for a hand.
CREATE FUNCTION recall_what_left(the_donation bigint, who bigint, the_cause text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM centers_bag b JOIN centers_issue i ON i.bag_id = b.id
        WHERE b.donation_id = the_donation AND b.state <> 'discarded'
            AND NOT EXISTS (SELECT FROM centers_return r WHERE r.issue_id = i.id)
    ) AND NOT EXISTS (
        SELECT FROM centers_recall WHERE donation_id = the_donation AND closed_at IS NULL
    ) THEN
        INSERT INTO centers_recall (public_id, donation_id, cause, because, opened_at, opened_by_id,
            outcome, verdict)
        VALUES (gen_random_uuid(), the_donation, the_cause, the_cause, now(), who, '', '');
    END IF;
END
$$;

CREATE FUNCTION recall_ends_with_every_bag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.closed_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT FROM centers_bag b WHERE b.donation_id = NEW.donation_id AND (b.state IN (
            'quarantined', 'available', 'reserved', 'in_transit'
        ) OR b.state = 'blocked' AND NEW.verdict = 'discard')
    ) THEN
        RAISE EXCEPTION 'a bag of the recall is not blocked'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT FROM centers_bag b JOIN centers_issue i ON i.bag_id = b.id
        WHERE b.donation_id = NEW.donation_id AND b.state <> 'discarded'
            AND NOT EXISTS (SELECT FROM centers_return r WHERE r.issue_id = i.id)
            AND NOT EXISTS (
                SELECT FROM centers_recallstep s WHERE s.recall_id = NEW.id AND s.bag_id = b.id
                    AND s.kind IN ('back', 'destroyed', 'transfused', 'cleared')
            )
    ) THEN
        RAISE EXCEPTION 'a bag of the recall has no end'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER recall_ends_with_every_bag BEFORE UPDATE ON centers_recall
    FOR EACH ROW EXECUTE FUNCTION recall_ends_with_every_bag();

-- Every donation of the year before the reactive one was recalled, and every recall has its end; so
-- has the one of what had left of the reactive donation itself.
CREATE FUNCTION look_back_ends_with_its_recalls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL OR (NEW.id, NEW.donation_id, NEW.marker_id, NEW.opened_at)
        IS DISTINCT FROM (OLD.id, OLD.donation_id, OLD.marker_id, OLD.opened_at)
    THEN
        RAISE EXCEPTION 'a look-back is ended once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.closed_at IS NOT NULL AND (EXISTS (
        SELECT FROM centers_donation d JOIN centers_donation i ON i.id = NEW.donation_id
        WHERE d.donor_id IN (SELECT donor_kin(i.donor_id))
            AND d.id <> i.id AND d.collected_on <= i.collected_on
            AND d.collected_on > i.collected_on - 365
            AND NOT EXISTS (
                SELECT FROM centers_recall r JOIN centers_lookback l ON l.id = r.look_back_id
                WHERE r.donation_id = d.id AND l.donation_id = i.id AND r.closed_at IS NOT NULL
            )
    ) OR EXISTS (
        SELECT FROM centers_recall WHERE donation_id = NEW.donation_id AND closed_at IS NULL
    )) THEN
        RAISE EXCEPTION 'an earlier donation was not followed to its end'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER look_back_ends_with_its_recalls BEFORE UPDATE ON centers_lookback
    FOR EACH ROW EXECUTE FUNCTION look_back_ends_with_its_recalls();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0021_guard_movements")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (ISSUE, FOLLOWED, RECALL)
    ]
