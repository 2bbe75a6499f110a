-- Without this an arrival or a decision could be recorded after two people had signed the session's figures.
CREATE OR REPLACE FUNCTION visit_before_the_signatures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Shares the session's lock with signing: each of the two waits for the other's write.
    PERFORM FROM centers_session WHERE id = NEW.session_id FOR SHARE;
    IF EXISTS (
        SELECT FROM centers_closing WHERE session_id = NEW.session_id AND second_at IS NOT NULL
    ) AND NOT EXISTS (
        SELECT FROM centers_paperrecord WHERE session_id = NEW.session_id
            AND (visit_id IS NULL OR visit_id = NEW.id)
            AND dropped_at IS NULL AND donor_id = ANY (ARRAY(SELECT linked_donor_rows(NEW.donor_id)))
    ) THEN
        RAISE EXCEPTION 'the closing sheet of this session is signed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closing_sheet_is_not_signed';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER outcome_before_the_signatures BEFORE UPDATE OF outcome ON centers_visit
    FOR EACH ROW WHEN (
        OLD.outcome IS DISTINCT FROM NEW.outcome
    ) EXECUTE FUNCTION visit_before_the_signatures();

CREATE TRIGGER visit_before_the_signatures BEFORE INSERT ON centers_visit
    FOR EACH ROW EXECUTE FUNCTION visit_before_the_signatures();
