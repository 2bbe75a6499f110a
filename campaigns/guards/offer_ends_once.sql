-- Without this an offer could be changed after a unit had taken it, or come to life again.
CREATE OR REPLACE FUNCTION offer_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
        OR to_jsonb(NEW) - 'ended_at' IS DISTINCT FROM to_jsonb(OLD) - 'ended_at'
    THEN
        RAISE EXCEPTION 'an offer is kept as it was computed, and ends once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'offer_ends_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER offer_ends_once BEFORE UPDATE OR DELETE ON campaigns_offer
    FOR EACH ROW EXECUTE FUNCTION offer_ends_once();
