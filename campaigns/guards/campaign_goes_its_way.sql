-- Without this a campaign that was cancelled or is over could come to life again, or be public before a
-- centre gave rooms and a day.
CREATE OR REPLACE FUNCTION campaign_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'asked'), ('draft', 'withdrawn'),
        ('asked', 'agreed'), ('asked', 'confirmed'), ('asked', 'declined'), ('asked', 'withdrawn'),
        ('asked', 'lapsed'),
        ('agreed', 'confirmed'), ('agreed', 'cancelled'), ('agreed', 'closed'),
        ('confirmed', 'running'), ('confirmed', 'cancelled'), ('confirmed', 'closed'),
        ('running', 'cancelled'), ('running', 'closed')
    ) OR (NEW.unit_id, NEW.drafted_at, NEW.drafted_by_id)
        IS DISTINCT FROM (OLD.unit_id, OLD.drafted_at, OLD.drafted_by_id)
    THEN
        RAISE EXCEPTION 'a campaign does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'campaign_goes_its_way';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER campaign_goes_its_way BEFORE UPDATE ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION campaign_goes_its_way();
