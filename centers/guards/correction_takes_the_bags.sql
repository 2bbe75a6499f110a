-- A corrected birth date or sex may show that somebody gave too young, too soon or with too little blood: bad news, so
-- it is recorded, what lies in stock is held until a person decides, and what left is recalled. Without this those
-- bags would go out, and the hospital that holds one would not hear of it.
CREATE OR REPLACE FUNCTION correction_takes_the_bags() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT d.id, c.decided_by_id
        FROM centers_donation d JOIN centers_visit v ON v.id = d.visit_id
            JOIN LATERAL (
                SELECT decided_by_id FROM donors_recordcorrection
                WHERE donor_id = NEW.id AND field IN ('birth', 'sex') AND agreed ORDER BY decided_at DESC, id DESC LIMIT 1
            ) c ON true
        WHERE d.donor_id IN (SELECT linked_donor_rows(NEW.id)) AND (
            NEW.latest_birth_date + interval '18 years' > d.collected_on
                AND OLD.latest_birth_date + interval '18 years' <= d.collected_on
            OR NEW.sex <> OLD.sex AND (
                broken_bound(v, d.collected_on) IS NOT NULL
                OR donation_too_soon(d, NEW.sex) AND NOT donation_too_soon(d, OLD.sex)
            )
        )
        ORDER BY d.id
    LOOP
        PERFORM block_bags(given.id, given.decided_by_id, 'record_corrected', true);
        PERFORM recall_what_left(given.id, given.decided_by_id, 'record');
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER correction_takes_the_bags AFTER UPDATE OF birth_date, birth_precision, sex ON donors_donor
    FOR EACH ROW WHEN (
        NEW.erased_at IS NULL AND (NEW.birth_date, NEW.birth_precision, NEW.sex)
            IS DISTINCT FROM (OLD.birth_date, OLD.birth_precision, OLD.sex)
    ) EXECUTE FUNCTION correction_takes_the_bags();
