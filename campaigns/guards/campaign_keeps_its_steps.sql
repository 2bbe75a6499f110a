-- Without this nobody could tell who asked for a campaign, agreed to it or ended it, and when.
CREATE OR REPLACE FUNCTION campaign_keeps_its_steps() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO campaigns_campaignstep (campaign_id, state, at, by_id, because) VALUES (
            NEW.id, CASE WHEN NEW.state = 'draft' THEN 'draft' ELSE 'asked' END,
            NEW.drafted_at, NEW.drafted_by_id, ''
        );
        IF NEW.state NOT IN ('draft', 'asked') THEN
            INSERT INTO campaigns_campaignstep (campaign_id, state, at, by_id, because)
                VALUES (NEW.id, NEW.state, NEW.decided_at, NEW.decided_by_id, NEW.because);
        END IF;
    ELSIF NEW.state <> OLD.state THEN
        INSERT INTO campaigns_campaignstep (campaign_id, state, at, by_id, because) VALUES (
            NEW.id, NEW.state, coalesce(NEW.decided_at, statement_timestamp()), NEW.decided_by_id,
            NEW.because
        );
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER campaign_keeps_its_steps AFTER INSERT OR UPDATE OF state ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION campaign_keeps_its_steps();
