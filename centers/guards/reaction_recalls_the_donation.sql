-- A patient's reaction that may be the fault of the blood recalls the donation: what is here is blocked, what left is
-- followed. Bad news: nothing in here may raise. Without this the plasma of the same donation would be given next.
CREATE OR REPLACE FUNCTION reaction_recalls_the_donation() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO centers_recall (public_id, donation_id, cause, because, opened_at, opened_by_id, outcome, verdict)
    SELECT gen_random_uuid(), given, 'patient', 'patient', NEW.at, NEW.by_id, '', ''
    FROM centers_patientreaction r CROSS JOIN LATERAL donations_in_bag(r.bag_id) given
    WHERE r.id = NEW.reaction_id AND NOT EXISTS (
        SELECT FROM centers_recall c WHERE c.donation_id = given
            AND (c.closed_at IS NULL OR c.verdict = 'discard')
    )
    ORDER BY given
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER reaction_recalls_the_donation AFTER INSERT ON centers_assessment
    FOR EACH ROW WHEN (
        NEW.kind IN ('haemolysis_acute', 'wrong_blood', 'trali', 'bacterial', 'viral', 'parasitic')
        AND NEW.imputability NOT IN ('unlikely', 'excluded')
    ) EXECUTE FUNCTION reaction_recalls_the_donation();
