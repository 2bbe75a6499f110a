-- Donors were accepted by the version in force. Without this it could be changed afterwards, and no record
-- would tell by which bound somebody gave.
CREATE OR REPLACE FUNCTION policy_version_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := morocco_day(now());
    changed jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- Loading the reference files again meets the same version: the unique key settles that.
        EXECUTE format('SELECT to_jsonb(count(*)) FROM %I WHERE code = $1', TG_TABLE_NAME)
            || ' AND NOT EXISTS (SELECT FROM ' || quote_ident(TG_TABLE_NAME)
            || ' WHERE code = $1 AND valid_from = $2)'
            INTO changed USING NEW.code, NEW.valid_from;
        IF changed::int > 0 AND NEW.valid_from <= today THEN
            RAISE EXCEPTION 'a new version of % begins on a day to come', NEW.code
                USING ERRCODE = 'integrity_constraint_violation',
                    CONSTRAINT = 'new_version_begins_on_a_day_to_come';
        END IF;
        RETURN NEW;
    END IF;
    -- Wording and sources may be bettered; what decided about people may not.
    SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO changed
    FROM jsonb_each(to_jsonb(NEW))
    WHERE value IS DISTINCT FROM to_jsonb(OLD) -> key
        AND key NOT IN ('name_ar', 'name_fr', 'name_en', 'source', 'note', 'verified',
                        'authority', 'criterion', 'donation_type', 'counts_from');
    IF changed = '{}' OR (changed - 'valid_until' = '{}' AND OLD.valid_until IS NULL
                          AND NEW.valid_until > today) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of % is ended on a day to come, never changed', OLD.code
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'version_is_ended_never_changed';
END
$$;

CREATE TRIGGER criterion_version_begins_later BEFORE INSERT ON donors_criterion
    FOR EACH ROW EXECUTE FUNCTION policy_version_stands();

CREATE TRIGGER criterion_version_stands BEFORE UPDATE ON donors_criterion
    FOR EACH ROW EXECUTE FUNCTION policy_version_stands();

CREATE TRIGGER reason_version_begins_later BEFORE INSERT ON donors_deferralreason
    FOR EACH ROW EXECUTE FUNCTION policy_version_stands();

CREATE TRIGGER reason_version_stands BEFORE UPDATE ON donors_deferralreason
    FOR EACH ROW EXECUTE FUNCTION policy_version_stands();
