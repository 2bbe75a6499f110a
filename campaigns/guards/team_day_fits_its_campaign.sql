-- Without this a team could be bound for a day or by a centre that its campaign does not have.
CREATE OR REPLACE FUNCTION team_day_fits_its_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM campaigns_campaign
        WHERE id = NEW.campaign_id AND center_id = NEW.center_id AND planned_on = NEW.day
            AND state IN ('asked', 'agreed', 'confirmed', 'running');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the campaign has another centre or day, or is over'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'team_day_fits_its_campaign';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER team_day_fits_its_campaign BEFORE INSERT ON campaigns_teamday
    FOR EACH ROW EXECUTE FUNCTION team_day_fits_its_campaign();
