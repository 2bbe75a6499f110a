-- Joined records form one step, each with its merge. Without this linked_donor_rows would miss rows: a deferral
-- on one of them would not bar what the others gave.
CREATE OR REPLACE FUNCTION donor_is_joined_in_one_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.merged_into_id IS NOT NULL AND (
        EXISTS (SELECT FROM donors_donor
                WHERE id = NEW.merged_into_id AND merged_into_id IS NOT NULL)
        OR EXISTS (SELECT FROM donors_donor WHERE merged_into_id = NEW.id)
        OR NOT EXISTS (SELECT FROM donors_merge
                       WHERE gone_id = NEW.id AND kept_id = NEW.merged_into_id AND undone_at IS NULL)
    ) THEN
        RAISE EXCEPTION 'a donor is joined in one step, by a merge'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'donor_is_joined_in_one_step';
    END IF;
    IF NEW.merged_into_id IS NULL
        AND EXISTS (SELECT FROM donors_merge WHERE gone_id = NEW.id AND undone_at IS NULL)
    THEN
        RAISE EXCEPTION 'a merge stands until it is undone'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'merge_stands_until_it_is_undone';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER donor_is_joined_in_one_step BEFORE INSERT OR UPDATE OF merged_into_id ON donors_donor
    FOR EACH ROW EXECUTE FUNCTION donor_is_joined_in_one_step();
