-- Without this the closing sheet could be changed between its two signatures or after them.
CREATE OR REPLACE FUNCTION closing_is_signed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.second_at IS NOT NULL OR NEW.session_id <> OLD.session_id THEN
        RAISE EXCEPTION 'a signed closing sheet is never changed'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'signed_closing_sheet_is_never_changed';
    END IF;
    IF NEW.second_at IS NOT NULL AND (NEW.arrived, NEW.deferred, NEW."left", NEW.given, NEW.failed,
        NEW.issued, NEW.used, NEW.voided, NEW.returned, NEW.bags, NEW.recorded_bags, NEW.explanation,
        NEW.first_by_id) IS DISTINCT FROM (OLD.arrived, OLD.deferred, OLD."left", OLD.given,
        OLD.failed, OLD.issued, OLD.used, OLD.voided, OLD.returned, OLD.bags, OLD.recorded_bags,
        OLD.explanation, OLD.first_by_id)
    THEN
        RAISE EXCEPTION 'the second signature is under what the first one saw'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'second_signature_is_under_what_the_first_saw';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER closing_is_signed_once BEFORE UPDATE ON centers_closing
    FOR EACH ROW EXECUTE FUNCTION closing_is_signed_once();
