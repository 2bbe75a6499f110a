-- The advisory lock serialises two people who scan one label; the second row is refused. Without it two bags could
-- have one number.
CREATE OR REPLACE FUNCTION number_is_free(the_din text, the_session bigint, the_visit bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(the_din, 0));
    IF EXISTS (SELECT FROM centers_voidednumber WHERE din = the_din) THEN
        RAISE EXCEPTION 'the number was voided'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'number_was_not_voided';
    END IF;
    IF EXISTS (SELECT FROM centers_bleeding WHERE din = the_din AND visit_id IS DISTINCT FROM the_visit)
        OR EXISTS (SELECT FROM centers_donation WHERE din = the_din AND visit_id IS DISTINCT FROM the_visit)
    THEN
        RAISE EXCEPTION 'donation_number_is_used_once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'donation_number_is_used_once';
    END IF;
    IF EXISTS (
        SELECT FROM centers_numberrange
        WHERE first <= the_din AND coalesce(nullif(kept_last, ''), last) >= the_din
            AND (closed_at IS NULL OR kept_last <> '') AND session_id <> the_session
    ) THEN
        RAISE EXCEPTION 'the number was given to another session'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'number_was_given_to_no_other_session';
    END IF;
END
$$;
