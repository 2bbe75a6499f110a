-- Without this a bag could be issued twice, for a closed request, instead of the requested product, against what is
-- known of the patient, without the second look, or out of the disaster reserve without a decision.
CREATE OR REPLACE FUNCTION issue_fits_its_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    asked centers_request%ROWTYPE;
    why text := '';
    emergency boolean;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = NEW.bag_id FOR UPDATE;
    SELECT * INTO asked FROM centers_request WHERE id = NEW.request_id;
    emergency := EXISTS (
        SELECT FROM centers_emergencyrelease WHERE bag_id = NEW.bag_id AND request_id = NEW.request_id
            AND second_id IS NOT NULL
    );
    IF EXISTS (
        SELECT FROM centers_issue i WHERE i.bag_id = NEW.bag_id
            AND NOT EXISTS (SELECT FROM centers_return r WHERE r.issue_id = i.id)
    ) THEN
        why := 'bag_is_issued_already';
    ELSIF bag.state NOT IN ('quarantined', 'available', 'reserved') THEN
        why := 'bag_does_not_go_there';
    ELSIF NEW.request_id IS NULL THEN
        why := 'issue_is_for_a_request';
    ELSIF asked.closed_at IS NOT NULL THEN
        why := 'request_is_closed';
    ELSIF NOT (
        component_serves(asked.component_id, bag.component_id) AND asked.center_id = bag.center_id
        AND asked.recipient_group = NEW.recipient_group
    ) THEN
        why := 'bag_does_not_fit_the_request';
    ELSIF EXISTS (
        SELECT FROM centers_reservation WHERE bag_id = NEW.bag_id AND ended_at IS NULL
            AND request_id IS DISTINCT FROM NEW.request_id
    ) THEN
        why := 'bag_is_reserved_for_another_request';
    ELSIF emergency THEN
        why := emergency_against_patient(bag.id, asked.id);
    ELSE
        why := request_against_issue(asked.id, bag.component_id, bag.blood_group);
        IF why = '' THEN
            why := bag_against_patient(bag.id, asked.patient_id);
        END IF;
        IF why = '' THEN
            why := crossmatch_against_issue(bag.id, asked.patient_id);
        END IF;
        IF why = '' AND bag.state <> 'quarantined' THEN
            why := against_pick(NEW, bag);
        END IF;
    END IF;
    IF why <> '' THEN
        RAISE EXCEPTION '%', replace(why, '_', ' ')
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = why;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER issue_fits_its_request BEFORE INSERT ON centers_issue
    FOR EACH ROW EXECUTE FUNCTION issue_fits_its_request();
