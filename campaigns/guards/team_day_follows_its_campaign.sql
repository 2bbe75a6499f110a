-- Without this the team of a campaign that was declined, cancelled or moved would be offered to nobody.
CREATE OR REPLACE FUNCTION team_day_follows_its_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaigns_teamday SET released_at = statement_timestamp()
        WHERE campaign_id = NEW.id AND released_at IS NULL
            AND (NEW.state IN ('declined', 'cancelled') OR day <> NEW.planned_on);
    RETURN NULL;
END
$$;

CREATE TRIGGER team_day_follows_its_campaign AFTER UPDATE OF state, planned_on ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION team_day_follows_its_campaign();
