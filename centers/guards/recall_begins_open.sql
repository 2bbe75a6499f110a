-- Without this a recall could be entered as already closed, with its bags never blocked.
CREATE OR REPLACE FUNCTION recall_begins_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The donation before its bags: a result being written locks in the same order.
    PERFORM FROM centers_donation WHERE id = NEW.donation_id FOR SHARE;
    IF NEW.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a recall begins open'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'recall_begins_open';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER recall_begins_open BEFORE INSERT ON centers_recall
    FOR EACH ROW EXECUTE FUNCTION recall_begins_open();
