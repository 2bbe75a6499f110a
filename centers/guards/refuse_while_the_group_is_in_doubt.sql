-- While the group is in doubt a bag is not issued, packed or processed. The movement has locked the bag before
-- this check. Without this a bag of unknown group could reach a patient.
CREATE OR REPLACE FUNCTION refuse_while_the_group_is_in_doubt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_bag bigint := CASE TG_TABLE_NAME WHEN 'centers_bag' THEN (to_jsonb(NEW) ->> 'id')::bigint
        ELSE (to_jsonb(NEW) ->> 'bag_id')::bigint END;
BEGIN
    IF EXISTS (
        SELECT FROM centers_donation d
        WHERE d.id IN (SELECT donations_in_bag(the_bag)) AND group_in_doubt(d.donor_id)
    ) THEN
        RAISE EXCEPTION 'the group of the donor is in doubt'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'group_of_the_donor_is_in_doubt';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER opening_waits_for_the_group BEFORE UPDATE OF opened_at ON centers_bag
    FOR EACH ROW WHEN (
        OLD.opened_at IS NULL AND NEW.opened_at IS NOT NULL
    ) EXECUTE FUNCTION refuse_while_the_group_is_in_doubt();

CREATE TRIGGER emergency_waits_for_the_group BEFORE INSERT ON centers_emergencyrelease
    FOR EACH ROW EXECUTE FUNCTION refuse_while_the_group_is_in_doubt();

CREATE TRIGGER movement_waits_for_the_group BEFORE INSERT ON centers_movement
    FOR EACH ROW WHEN (
        NEW.to_state IN ('released', 'available', 'reserved', 'issued', 'in_transit', 'separated')
    ) EXECUTE FUNCTION refuse_while_the_group_is_in_doubt();
