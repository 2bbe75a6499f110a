-- Without this one statement could ask for a command and approve it.
CREATE OR REPLACE FUNCTION invitation_begins_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_at IS NOT NULL OR NEW.accepted_at IS NOT NULL THEN
        RAISE EXCEPTION 'an invitation begins without approval'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'invitation_begins_open';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER invitation_begins_open BEFORE INSERT ON donors_invitation
    FOR EACH ROW EXECUTE FUNCTION invitation_begins_open();
