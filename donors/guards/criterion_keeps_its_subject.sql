-- The rules that the database itself asks look a bound up by these two.
-- Without this a bound for weight could become one for age, and broken_bound would pass it by.
CREATE OR REPLACE FUNCTION criterion_keeps_its_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a criterion keeps what it bounds'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'criterion_keeps_its_subject';
END
$$;

CREATE TRIGGER criterion_keeps_its_subject BEFORE UPDATE ON donors_criterion
    FOR EACH ROW WHEN (
        NEW.code IS DISTINCT FROM OLD.code OR NEW.criterion IS DISTINCT FROM OLD.criterion
        OR NEW.donation_type IS DISTINCT FROM OLD.donation_type
        OR NEW.operator IS DISTINCT FROM OLD.operator
    ) EXECUTE FUNCTION criterion_keeps_its_subject();
