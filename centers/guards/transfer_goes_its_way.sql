-- The permitted transitions. Without this a received box could be sent again, bags be received from a box that
-- nobody packed, or the number grow between the two people who let the stock go below the reserve.
CREATE OR REPLACE FUNCTION transfer_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.sender_id, NEW.receiver_id, NEW.component_id, NEW.blood_group, NEW.origin, NEW.proposed_by_id)
        IS DISTINCT FROM
        (OLD.sender_id, OLD.receiver_id, OLD.component_id, OLD.blood_group, OLD.origin, OLD.proposed_by_id)
        OR NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('proposed', 'approved'), ('proposed', 'refused'), ('proposed', 'withdrawn'), ('approved', 'packed'),
            ('approved', 'refused'), ('packed', 'received')
        )
        OR (NEW.count, NEW.proposed_at, NEW.figures) IS DISTINCT FROM (OLD.count, OLD.proposed_at, OLD.figures)
            AND NOT (OLD.origin = 'planner' AND OLD.state = 'proposed' AND NEW.state = 'proposed'
                AND NEW.asked_below_by_id IS NULL)
        OR OLD.agreed_below_by_id IS NOT NULL AND
            (NEW.asked_below_by_id, NEW.asked_below_because, NEW.agreed_below_by_id) IS DISTINCT FROM
            (OLD.asked_below_by_id, OLD.asked_below_because, OLD.agreed_below_by_id)
        OR NEW.agreed_below_by_id IS NOT NULL AND NEW.asked_below_by_id IS DISTINCT FROM OLD.asked_below_by_id
    THEN
        RAISE EXCEPTION 'a transfer goes its way once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_goes_its_way_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER transfer_goes_its_way BEFORE UPDATE ON centers_transfer
    FOR EACH ROW EXECUTE FUNCTION transfer_goes_its_way();
