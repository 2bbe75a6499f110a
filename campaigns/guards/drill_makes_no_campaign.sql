-- An exercise ends with the units' answers. Without this it could become a public campaign, and donors be invited.
CREATE OR REPLACE FUNCTION drill_makes_no_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM campaigns_addressee addressee JOIN campaigns_memo memo ON memo.id = addressee.memo_id
        WHERE addressee.id = NEW.addressee_id AND memo.kind <> 'campaign'
    ) THEN
        RAISE EXCEPTION 'only a memo that asks for campaigns leads to one'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'drill_makes_no_campaign';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER drill_makes_no_campaign BEFORE INSERT OR UPDATE OF addressee_id ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION drill_makes_no_campaign();
