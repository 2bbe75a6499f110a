-- A look-back may close with its required steps (look_back_is_done), and when every donation of the year before the
-- reactive one was recalled and every recall is closed, including that of the reactive donation's own issued bags.
-- Without this an earlier bag of an infected donor might never be followed up.
CREATE OR REPLACE FUNCTION look_back_ends_with_its_recalls() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lacks text;
BEGIN
    IF OLD.closed_at IS NOT NULL OR (NEW.id, NEW.donation_id, NEW.marker_id, NEW.opened_at)
        IS DISTINCT FROM (OLD.id, OLD.donation_id, OLD.marker_id, OLD.opened_at)
    THEN
        RAISE EXCEPTION 'a look-back is ended once'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'look_back_is_ended_once';
    END IF;
    IF NEW.closed_at IS NOT NULL AND (EXISTS (
        SELECT FROM centers_donation d JOIN centers_donation i ON i.id = NEW.donation_id
        WHERE d.donor_id IN (SELECT linked_donor_rows(i.donor_id))
            AND d.id <> i.id AND d.collected_on <= i.collected_on
            AND d.collected_on > i.collected_on - 365
            AND NOT EXISTS (
                SELECT FROM centers_recall r JOIN centers_lookback l ON l.id = r.look_back_id
                WHERE r.donation_id = d.id AND l.donation_id = i.id AND r.closed_at IS NOT NULL
            )
    ) OR EXISTS (
        SELECT FROM centers_recall WHERE donation_id = NEW.donation_id AND closed_at IS NULL
    )) THEN
        RAISE EXCEPTION 'an earlier donation was not followed to its end'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'earlier_donations_are_followed_to_their_end';
    END IF;
    lacks := CASE WHEN NEW.closed_at IS NULL THEN '' ELSE look_back_is_done(NEW.id, NEW.donation_id) END;
    IF lacks = 'look_back_has_its_confirmatory_test' THEN
        RAISE EXCEPTION 'no confirmatory test is noted'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'look_back_has_its_confirmatory_test';
    ELSIF lacks = 'donor_of_the_look_back_is_told' THEN
        RAISE EXCEPTION 'the donor is not told'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'donor_of_the_look_back_is_told';
    ELSIF lacks = 'hospital_of_each_bag_is_told' THEN
        RAISE EXCEPTION 'a hospital is not told'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'hospital_of_each_bag_is_told';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER look_back_ends_with_its_recalls BEFORE UPDATE ON centers_lookback
    FOR EACH ROW EXECUTE FUNCTION look_back_ends_with_its_recalls();
