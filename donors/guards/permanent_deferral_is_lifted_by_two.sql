-- Without this one person, or a slip, could make somebody a donor again whom a reactive test has excluded
-- permanently.
CREATE OR REPLACE FUNCTION permanent_deferral_is_lifted_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    original donors_deferral%ROWTYPE;
BEGIN
    SELECT * INTO original FROM donors_deferral WHERE id = NEW.copy_of_id;
    -- A copy ends with what it was copied from, or with the joining that made it.
    IF original.ended_at IS NOT NULL OR EXISTS (
        SELECT FROM donors_merge WHERE kept_id = NEW.donor_id AND gone_id = original.donor_id
            AND undone_at IS NOT NULL
    ) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM donors_lift
                   WHERE deferral_id = NEW.id AND approved_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a permanent deferral is lifted by two physicians'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'permanent_deferral_is_lifted_by_two';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER permanent_deferral_is_lifted_by_two BEFORE UPDATE OF ended_at ON donors_deferral
    FOR EACH ROW WHEN (
        NEW.permanent AND NEW.ended_at IS NOT NULL
    ) EXECUTE FUNCTION permanent_deferral_is_lifted_by_two();
