-- For rows that are written once and ended once; the argument names the columns that end it, the first of
-- them decides. Without this a withdrawn consent or a closed paper could be opened or rewritten.
CREATE OR REPLACE FUNCTION paper_is_ended_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    ends text[] := TG_ARGV[0]::text[];
    name text;
BEGIN
    IF before ->> ends[1] IS NOT NULL THEN
        RAISE EXCEPTION '% is ended once', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'row_is_ended_once';
    END IF;
    FOR name IN SELECT jsonb_object_keys(before) LOOP
        IF NOT name = ANY (ends) AND before -> name IS DISTINCT FROM after -> name THEN
            RAISE EXCEPTION '% keeps what was written', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'row_keeps_what_was_written';
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;

CREATE TRIGGER consent_is_ended_once BEFORE UPDATE ON donors_consent
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{withdrawn_at}');

CREATE TRIGGER lift_is_ended_once BEFORE UPDATE ON donors_lift
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{approved_at,approved_by_id}');

CREATE TRIGGER policychange_is_ended_once BEFORE UPDATE ON donors_policychange
    FOR EACH ROW EXECUTE FUNCTION paper_is_ended_once('{decided_at,decided_by_id,approved}');
