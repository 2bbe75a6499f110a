-- A doubt ends by a reader's slip, a proof, or separating two rows that were two people. Without this blood of an
-- unknown group could be cleared without evidence.
CREATE OR REPLACE FUNCTION group_doubt_ends_on_proof() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text := '';
    contradicted boolean;
    found text;
BEGIN
    IF OLD.closed_at IS NOT NULL OR OLD.two_read AND NOT NEW.two_read
        OR (NEW.id, NEW.public_id, NEW.donor_id, NEW.donation_id, NEW.cause, NEW.known, NEW.since,
            NEW.opened_at, NEW.opened_by_id)
        IS DISTINCT FROM (OLD.id, OLD.public_id, OLD.donor_id, OLD.donation_id, OLD.cause, OLD.known,
            OLD.since, OLD.opened_at, OLD.opened_by_id)
    THEN
        RAISE EXCEPTION 'a doubt about a group is ended once, never changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'group_doubt_is_ended_once';
    END IF;
    IF NEW.closed_at IS NULL THEN
        RETURN NEW;
    END IF;
    NEW.rows := person_is_held(NEW.donor_id);
    NEW.last_result := coalesce((SELECT max(id) FROM centers_result), 0);
    NEW."group" := '';
    contradicted := EXISTS (SELECT FROM group_contradictions(NEW.donor_id));
    IF NEW.verdict = 'slip' AND (contradicted OR OLD.two_read) THEN
        why := 'doubt_is_ended_by_a_new_sample';
    ELSIF NEW.verdict = 'parted' AND (contradicted OR NOT EXISTS (
        SELECT FROM donors_merge WHERE undone_at IS NOT NULL AND NEW.donor_id IN (kept_id, gone_id)
    )) THEN
        why := 'doubt_is_ended_by_a_new_sample';
    ELSIF NEW.verdict IN ('stands', 'corrected') THEN
        found := determined_group(NEW.proof_id);
        IF NOT group_is_proved(NEW.proof_id, OLD)
            OR group_on_record(NEW.donor_id) NOT IN ('', found)
            OR NOT EXISTS (SELECT FROM centers_donation WHERE id = NEW.proof_id AND donor_id = ANY (NEW.rows))
            OR NEW.verdict = 'corrected' AND NOT EXISTS (
                SELECT FROM centers_groupcorrection WHERE donation_id = NEW.proof_id AND after = found
            )
        THEN
            why := 'doubt_is_ended_by_a_new_sample';
        ELSIF contradicted AND EXISTS (
            SELECT FROM centers_result r JOIN centers_marker m ON m.id = r.marker_id AND m.kind = 'group'
            WHERE r.donation_id = NEW.proof_id AND r.entered_by_id = NEW.closed_by_id
        ) THEN
            why := 'reader_of_a_group_does_not_settle_its_doubt';
        END IF;
        NEW."group" := found;
    END IF;
    IF why <> '' THEN
        RAISE EXCEPTION '%', replace(why, '_', ' ')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = why;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER group_doubt_ends_on_proof BEFORE UPDATE ON centers_groupdoubt
    FOR EACH ROW EXECUTE FUNCTION group_doubt_ends_on_proof();
