-- At the end of the transaction: a command comes from an invitation that two people made and a third took
-- up that day, or from a unit that was merged into this one. Without this anybody could be written in as an
-- officer, and read the people of the unit.
CREATE OR REPLACE FUNCTION command_is_founded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM donors_invitation i WHERE i.user_id = NEW.user_id AND i.unit_id = NEW.unit_id
            AND i.approved_by_id <> i.asked_by_id AND morocco_day(i.accepted_at) = NEW.since
    ) OR EXISTS (
        SELECT FROM donors_officer o
        JOIN donors_unit u ON u.id = o.unit_id AND u.closed_on = NEW.since
        JOIN donors_unitchange c ON c.unit_id = u.id AND c.kind = 'merged'
        JOIN donors_unit here ON here.id = NEW.unit_id AND here.code = c.after ->> 'into'
        WHERE o.user_id = NEW.user_id AND o.until >= NEW.since
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'a command is asked for by one, approved by another and taken up'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'command_is_founded';
END
$$;

CREATE CONSTRAINT TRIGGER command_is_founded AFTER INSERT ON donors_officer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (
        NOT session_is_owner()
    ) EXECUTE FUNCTION command_is_founded();
