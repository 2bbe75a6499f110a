-- Without this a wish that its donor took back could come to life again, or be moved to another week.
CREATE OR REPLACE FUNCTION wish_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
        OR (NEW.donor_id, NEW.appeal_id, NEW.from_on, NEW.made_at)
            IS DISTINCT FROM (OLD.donor_id, OLD.appeal_id, OLD.from_on, OLD.made_at)
    THEN
        RAISE EXCEPTION 'a wish is kept as it was made, and ends once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'wish_ends_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER wish_ends_once BEFORE UPDATE OR DELETE ON campaigns_wish
    FOR EACH ROW EXECUTE FUNCTION wish_ends_once();
