-- Approval. Without this one person could send away the bags that a centre keeps for its own patients and for
-- disasters, or two transfers, each harmless alone, do so together. Counted are the available bags, without those
-- that other approved transfers have yet to pack.
CREATE OR REPLACE FUNCTION transfer_keeps_the_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept integer;
    held integer;
    promised integer;
BEGIN
    kept := center_keeps(NEW.sender_id, NEW.component_id, NEW.blood_group);
    IF kept = 0 OR NEW.agreed_below_by_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    SELECT coalesce(sum(available), 0) INTO held FROM centers_stocklevel
    WHERE center_id = NEW.sender_id AND component_id = NEW.component_id AND blood_group = NEW.blood_group;
    SELECT coalesce(sum(t.count - (
        SELECT count(*) FROM centers_transferbag b WHERE b.transfer_id = t.id AND NOT b.unpacked
    )), 0) INTO promised FROM centers_transfer t
    WHERE t.sender_id = NEW.sender_id AND t.component_id = NEW.component_id AND t.blood_group = NEW.blood_group
        AND t.state = 'approved' AND t.id <> NEW.id;
    IF held - promised - NEW.count < kept THEN
        RAISE EXCEPTION 'the transfer would leave less than the centre keeps'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_keeps_the_reserve';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER transfer_keeps_the_reserve BEFORE UPDATE ON centers_transfer
    FOR EACH ROW WHEN (OLD.state = 'proposed' AND NEW.state = 'approved')
    EXECUTE FUNCTION transfer_keeps_the_reserve();
