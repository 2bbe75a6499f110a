-- Without this a serious reaction of a donor could be closed, and forgotten, before haemovigilance knows of it.
CREATE OR REPLACE FUNCTION serious_reaction_is_declared() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM centers_reaction WHERE id = NEW.reaction_id FOR UPDATE;
    IF EXISTS (SELECT FROM centers_reactionstep WHERE reaction_id = NEW.reaction_id AND kind = 'closed') THEN
        RAISE EXCEPTION 'this reaction is closed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reaction_is_open';
    END IF;
    IF NEW.kind = 'closed'
        AND EXISTS (SELECT FROM centers_reaction WHERE id = NEW.reaction_id AND grade >= 3)
        AND NOT EXISTS (
            SELECT FROM centers_reactionstep WHERE reaction_id = NEW.reaction_id AND kind = 'declared'
        )
    THEN
        RAISE EXCEPTION 'a serious reaction is declared before it is closed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'serious_reaction_is_declared';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER serious_reaction_is_declared BEFORE INSERT ON centers_reactionstep
    FOR EACH ROW EXECUTE FUNCTION serious_reaction_is_declared();
