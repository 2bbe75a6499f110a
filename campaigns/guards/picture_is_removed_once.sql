-- Without this another picture could stand under an address that was looked at and agreed to.
CREATE OR REPLACE FUNCTION picture_is_removed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL
        OR (NEW.public_id, NEW.campaign_id, NEW.after, NEW.added_at, NEW.added_by_id)
            IS DISTINCT FROM (OLD.public_id, OLD.campaign_id, OLD.after, OLD.added_at, OLD.added_by_id)
    THEN
        RAISE EXCEPTION 'a picture is kept as it was added, and removed once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'picture_is_removed_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER picture_is_removed_once BEFORE UPDATE OR DELETE ON campaigns_campaignpicture
    FOR EACH ROW EXECUTE FUNCTION picture_is_removed_once();
