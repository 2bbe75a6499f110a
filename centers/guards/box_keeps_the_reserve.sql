-- Packing. Without this the stock could fall between approval and packing, and the box take the reserve all the same.
-- Counted is the shelf alone: what other transfers have yet to pack can still stay here, and is checked when it is
-- packed.
CREATE OR REPLACE FUNCTION box_keeps_the_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sent centers_transfer%ROWTYPE;
    kept integer;
    held integer;
BEGIN
    SELECT * INTO sent FROM centers_transfer WHERE id = NEW.transfer_id;
    kept := center_keeps(sent.sender_id, sent.component_id, sent.blood_group);
    IF kept = 0 OR sent.agreed_below_by_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    SELECT coalesce(sum(available), 0) INTO held FROM centers_stocklevel
    WHERE center_id = sent.sender_id AND component_id = sent.component_id AND blood_group = sent.blood_group;
    IF held - 1 < kept THEN
        RAISE EXCEPTION 'the box would take what the centre keeps'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'box_keeps_the_reserve';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER box_keeps_the_reserve BEFORE INSERT ON centers_transferbag
    FOR EACH ROW EXECUTE FUNCTION box_keeps_the_reserve();
