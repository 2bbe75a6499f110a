-- Without this a bag could change its state, group, expiry or product without a movement that records who did it,
-- or a product get a longer shelf life than its recipe allows.
CREATE OR REPLACE FUNCTION bag_follows_its_movements() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    donation centers_donation%ROWTYPE;
    keeps_until timestamptz;
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- Locks the bag: a concurrent reactive result and this change wait for each other.
        SELECT * INTO donation FROM centers_donation WHERE id = NEW.donation_id FOR SHARE;
        IF NEW.state <> '' THEN
            RAISE EXCEPTION 'a bag begins without a state; its first movement gives it one'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bag_begins_without_a_state';
        END IF;
        keeps_until := bag_keeps_until(NEW);
        IF keeps_until IS NULL THEN
            RAISE EXCEPTION 'no recipe makes this product from that bag'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'product_is_made_by_a_recipe';
        END IF;
        IF NEW.collected_on <> donation.collected_on OR NEW.expires_at > keeps_until THEN
            RAISE EXCEPTION 'the expiry is later than the component keeps'
                USING ERRCODE = 'integrity_constraint_violation',
                    CONSTRAINT = 'bag_expires_no_later_than_it_keeps';
        END IF;
        IF NEW.opened_at IS NOT NULL THEN
            RAISE EXCEPTION 'a bag begins closed'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bag_begins_closed';
        END IF;
        IF NEW.made_from_id IS NULL AND (
            NEW.center_id <> donation.center_id OR NEW.blood_group <> '' OR EXISTS (
                SELECT FROM centers_bag WHERE donation_id = NEW.donation_id AND made_from_id IS NULL
            )
        ) THEN
            RAISE EXCEPTION 'a donation fills one bag, without a label, where it was given'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'donation_fills_one_bag';
        END IF;
        IF EXISTS (
            SELECT FROM centers_bag WHERE made_from_id = NEW.made_from_id
                AND component_id = NEW.component_id AND state <> 'undone'
        ) OR NEW.center_id <> (SELECT center_id FROM centers_bag WHERE id = NEW.made_from_id) THEN
            RAISE EXCEPTION 'a bag is made into each product once, where it is'
                USING ERRCODE = 'integrity_constraint_violation',
                    CONSTRAINT = 'bag_is_made_into_each_product_once';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.donation_id, NEW.component_id, NEW.division, NEW.collected_on, NEW.public_id,
            NEW.made_from_id, NEW.made_at, NEW.volume)
        IS DISTINCT FROM
        (OLD.id, OLD.donation_id, OLD.component_id, OLD.division, OLD.collected_on, OLD.public_id,
            OLD.made_from_id, OLD.made_at, OLD.volume)
        OR OLD.opened_at IS NOT NULL
            AND (NEW.opened_at, NEW.opened_by_id) IS DISTINCT FROM (OLD.opened_at, OLD.opened_by_id)
        OR NEW.expires_at > OLD.expires_at
        OR OLD.blood_group <> '' AND NEW.blood_group <> OLD.blood_group AND NOT EXISTS (
            SELECT FROM centers_relabelling l WHERE (l.bag_id, l.before, l.after)
                = (OLD.id, OLD.blood_group, NEW.blood_group)
                AND l.id = (SELECT max(id) FROM centers_relabelling WHERE bag_id = OLD.id)
        )
    THEN
        RAISE EXCEPTION 'a bag keeps its donation, product, group and expiry'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bag_keeps_what_it_is';
    END IF;
    IF NEW.blood_group <> OLD.blood_group THEN
        SELECT * INTO donation FROM centers_donation WHERE id = NEW.donation_id;
        IF NEW.blood_group <> determined_group(donation.id)
            OR known_group_differs(donation.donor_id, NEW.blood_group)
        THEN
            RAISE EXCEPTION 'the label is the group that two people determined'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'label_is_the_determined_group';
        END IF;
    END IF;
    IF NEW.expires_at < OLD.expires_at AND OLD.state IN ('available', 'reserved', 'in_transit') THEN
        RAISE EXCEPTION 'the label shows another expiry'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'label_shows_the_expiry';
    END IF;
    IF (NEW.state, NEW.center_id) IS DISTINCT FROM (OLD.state, OLD.center_id) AND NOT EXISTS (
        SELECT FROM (
            SELECT to_state, center_id FROM centers_movement WHERE bag_id = NEW.id
            ORDER BY seq DESC LIMIT 1
        ) m WHERE m.to_state = NEW.state AND m.center_id = NEW.center_id
    ) THEN
        RAISE EXCEPTION 'a bag changes state and place by a movement only'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bag_changes_by_a_movement_only';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER bag_follows_its_movements BEFORE INSERT OR UPDATE ON centers_bag
    FOR EACH ROW EXECUTE FUNCTION bag_follows_its_movements();
