-- The permitted transitions. Without this a received box could be sent again, or bags be received from a box that
-- nobody packed.
CREATE OR REPLACE FUNCTION transfer_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.sender_id, NEW.receiver_id, NEW.component_id, NEW.blood_group, NEW.count, NEW.proposed_at,
        NEW.proposed_by_id) IS DISTINCT FROM (OLD.sender_id, OLD.receiver_id, OLD.component_id,
        OLD.blood_group, OLD.count, OLD.proposed_at, OLD.proposed_by_id)
        OR NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('proposed', 'approved'), ('proposed', 'refused'), ('approved', 'packed'),
            ('approved', 'refused'), ('packed', 'received')
        )
    THEN
        RAISE EXCEPTION 'a transfer goes its way once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_goes_its_way_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER transfer_goes_its_way BEFORE UPDATE ON centers_transfer
    FOR EACH ROW EXECUTE FUNCTION transfer_goes_its_way();
