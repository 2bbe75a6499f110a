-- A donation was allowed for the age and sex on record. Without this another birth date or sex could be
-- written in, by which the person should never have given: too young, too soon, or with too little blood.
-- What breaks a rule already may stay so; a value that puts it right is taken.
CREATE OR REPLACE FUNCTION donor_keeps_what_was_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM centers_donation d JOIN centers_visit v ON v.id = d.visit_id
        WHERE d.donor_id = NEW.id AND d.conflict = '' AND (
            NEW.latest_birth_date + interval '18 years' > d.collected_on
                AND OLD.latest_birth_date + interval '18 years' <= d.collected_on
            OR NEW.sex <> OLD.sex AND (
                broken_bound(v, d.collected_on) IS NOT NULL
                OR donation_too_soon(d, NEW.sex) AND NOT donation_too_soon(d, OLD.sex)
            )
        )
    ) THEN
        RAISE EXCEPTION 'the donations of this person forbid that birth date or sex'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'donor_keeps_what_was_given';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER donor_keeps_what_was_given AFTER UPDATE OF birth_date, birth_precision, sex ON donors_donor
    FOR EACH ROW WHEN (
        (NEW.birth_date, NEW.birth_precision) IS DISTINCT FROM (OLD.birth_date, OLD.birth_precision)
            OR NEW.sex IS DISTINCT FROM OLD.sex
    ) EXECUTE FUNCTION donor_keeps_what_was_given();
