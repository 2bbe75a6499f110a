-- A group correction is the proof that ends the doubt; without this the person's bags would stay held after it.
CREATE OR REPLACE FUNCTION correction_ends_the_doubt() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE centers_groupdoubt SET closed_at = NEW.at, closed_by_id = NEW.by_id, verdict = 'corrected',
        because = NEW.because, proof_id = NEW.donation_id
    WHERE closed_at IS NULL AND donor_id IN (
        SELECT linked_donor_rows(d.donor_id) FROM centers_donation d WHERE d.id = NEW.donation_id
    );
    RETURN NULL;
END
$$;

CREATE TRIGGER the_doubt_ends_with_the_correction AFTER INSERT ON centers_groupcorrection
    FOR EACH ROW EXECUTE FUNCTION correction_ends_the_doubt();
