-- Without this a transfer could be entered as packed or received, and bags change centre unchecked; or as already
-- agreed to go below the reserve.
CREATE OR REPLACE FUNCTION transfer_begins_as_a_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'proposed' OR NEW.asked_below_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'a transfer begins as a proposal'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'transfer_begins_as_a_proposal';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER transfer_begins_as_a_proposal BEFORE INSERT ON centers_transfer
    FOR EACH ROW EXECUTE FUNCTION transfer_begins_as_a_proposal();
