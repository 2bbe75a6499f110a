-- No page gives these rights, so no session of the program does either. Without this a hole in one page
-- would make anybody an administrator.
CREATE OR REPLACE FUNCTION national_rights_are_given_by_the_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gained boolean := NEW.is_administrator OR NEW.is_auditor OR NEW.is_superuser OR NEW.is_staff;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        gained := NEW.is_administrator > OLD.is_administrator OR NEW.is_auditor > OLD.is_auditor
            OR NEW.is_superuser > OLD.is_superuser OR NEW.is_staff > OLD.is_staff
            OR NEW.is_active > OLD.is_active;
    END IF;
    IF gained AND NOT session_is_owner() THEN
        RAISE EXCEPTION 'rights over the whole country are given by the operator'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'national_rights_are_given_by_the_owner';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER national_rights_are_given_by_the_owner BEFORE INSERT OR UPDATE ON donors_user
    FOR EACH ROW EXECUTE FUNCTION national_rights_are_given_by_the_owner();
