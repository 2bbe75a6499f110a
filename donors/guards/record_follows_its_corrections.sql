-- The last agreed correction of a field is what the record says. Without this a name, a sex or a birth date could be
-- changed without a reason, without what was there before and, for the last two, without a second person.
CREATE OR REPLACE FUNCTION record_follows_its_corrections() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    field text := TG_ARGV[0];
    noted jsonb := (
        SELECT c.now FROM donors_recordcorrection c
        WHERE c.donor_id = NEW.id AND c.field = TG_ARGV[0] AND c.agreed ORDER BY c.decided_at DESC, c.id DESC LIMIT 1
    );
BEGIN
    IF OLD.erased_at IS NULL AND NEW.erased_at IS NULL AND NOT coalesce(CASE field
        WHEN 'sex' THEN noted ->> 'sex' = NEW.sex
        WHEN 'birth' THEN noted ->> 'birth_date' = NEW.birth_date::text
            AND noted ->> 'birth_precision' = NEW.birth_precision
        WHEN 'document' THEN noted ->> 'key' = NEW.document_key AND noted ->> 'kind' = NEW.document_kind
        ELSE noted ->> 'family_name' = NEW.family_name AND noted ->> 'given_name' = NEW.given_name
            AND noted ->> 'family_name_ar' = NEW.family_name_ar AND noted ->> 'given_name_ar' = NEW.given_name_ar
    END, false) THEN
        RAISE EXCEPTION 'the record of a person changes by a correction'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'record_follows_its_corrections';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER names_follow_their_corrections AFTER UPDATE OF family_name, given_name, family_name_ar, given_name_ar
    ON donors_donor FOR EACH ROW WHEN (
        (OLD.family_name, OLD.given_name, OLD.family_name_ar, OLD.given_name_ar)
            IS DISTINCT FROM (NEW.family_name, NEW.given_name, NEW.family_name_ar, NEW.given_name_ar)
    ) EXECUTE FUNCTION record_follows_its_corrections('names');

CREATE TRIGGER birth_follows_its_corrections AFTER UPDATE OF birth_date, birth_precision ON donors_donor
    FOR EACH ROW WHEN (
        (OLD.birth_date, OLD.birth_precision) IS DISTINCT FROM (NEW.birth_date, NEW.birth_precision)
    ) EXECUTE FUNCTION record_follows_its_corrections('birth');

CREATE TRIGGER sex_follows_its_corrections AFTER UPDATE OF sex ON donors_donor
    FOR EACH ROW WHEN (OLD.sex IS DISTINCT FROM NEW.sex)
    EXECUTE FUNCTION record_follows_its_corrections('sex');

CREATE TRIGGER document_follows_its_corrections AFTER UPDATE OF document_key, document_kind ON donors_donor
    FOR EACH ROW WHEN (
        (OLD.document_key, OLD.document_kind) IS DISTINCT FROM (NEW.document_key, NEW.document_kind)
    ) EXECUTE FUNCTION record_follows_its_corrections('document');
