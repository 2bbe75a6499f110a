-- A command is handed over by two people. Without this one person could ask and approve alone, or an
-- approved paper be changed to another unit after somebody had looked at it.
CREATE OR REPLACE FUNCTION approved_invitation_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_by_id = NEW.user_id AND OLD.approved_at IS NULL THEN
        RAISE EXCEPTION 'nobody approves their own command'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'nobody_approves_their_own_command';
    END IF;
    IF OLD.approved_at IS NOT NULL AND (
        (NEW.unit_id, NEW.email, NEW.replaces_id, NEW.asked_at, NEW.asked_by_id, NEW.approved_at,
         NEW.approved_by_id, NEW.user_id, NEW.expires_at)
            IS DISTINCT FROM
        (OLD.unit_id, OLD.email, OLD.replaces_id, OLD.asked_at, OLD.asked_by_id, OLD.approved_at,
         OLD.approved_by_id, OLD.user_id, OLD.expires_at)
        OR OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at
        OR OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS DISTINCT FROM OLD.dropped_at)
    THEN
        RAISE EXCEPTION 'an approved invitation does not change and is answered once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'approved_invitation_stands';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER approved_invitation_stands BEFORE UPDATE ON donors_invitation
    FOR EACH ROW EXECUTE FUNCTION approved_invitation_stands();
