-- Without this one person could make both entries of a test, or the person who released a bag add the missing good
-- result afterwards.
CREATE OR REPLACE FUNCTION result_is_a_second_reading() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    marker centers_marker%ROWTYPE;
    other centers_result%ROWTYPE;
BEGIN
    PERFORM FROM centers_donation WHERE id = NEW.donation_id FOR UPDATE;
    SELECT * INTO marker FROM centers_marker WHERE id = NEW.marker_id;
    IF NOT (CASE
        WHEN marker.kind = 'infection' THEN NEW.outcome IN ('negative', 'reactive')
        WHEN marker.code = 'ABO' THEN NEW.outcome IN ('O', 'A', 'B', 'AB')
        ELSE NEW.outcome IN ('negative', 'positive')
    END) THEN
        RAISE EXCEPTION '% is no outcome of %', NEW.outcome, marker.code
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'outcome_is_one_of_the_marker';
    END IF;
    IF NEW.version <> (
        SELECT coalesce(max(version), 1) FROM centers_repeat
        WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id
    ) THEN
        RAISE EXCEPTION 'this version of a result is not open'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'version_of_a_result_is_open';
    END IF;
    SELECT * INTO other FROM centers_result
        WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id
            AND version = NEW.version AND entry <> NEW.entry;
    IF FOUND AND other.entered_by_id = NEW.entered_by_id THEN
        RAISE EXCEPTION 'both entries of a result are by the same person'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'entries_of_a_result_are_by_two_people';
    END IF;
    -- One run handed in twice is one reading: by another person, in another order or format. What only one of them
    -- says tells nothing. Bad news is accepted all the same.
    IF FOUND AND NEW.outcome <> 'reactive' AND NEW.imported_id IS NOT NULL AND other.imported_id IS NOT NULL
        AND NOT (
            NEW.run <> '' AND other.run <> '' AND NEW.run <> other.run
            OR NEW.measured_at <> '' AND other.measured_at <> '' AND NEW.measured_at <> other.measured_at
            OR NEW.lot <> '' AND other.lot <> '' AND lower(NEW.lot) <> lower(other.lot)
            OR NEW.value <> '' AND other.value <> '' AND NEW.value <> other.value
        )
    THEN
        RAISE EXCEPTION 'both entries of a result are of one run'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'run_is_one_reading';
    END IF;
    IF marker.kind = 'group' AND (NEW.technique = '' OR NEW.lot = '') THEN
        RAISE EXCEPTION 'a group determination names its technique and reagent lot'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'group_reading_names_technique_and_lot';
    END IF;
    -- For good news only: bad news is accepted from anybody.
    IF NEW.outcome <> 'reactive' AND EXISTS (
        SELECT FROM centers_movement m
        WHERE m.bag_id IN (SELECT reached_bags(NEW.donation_id)) AND m.by_id = NEW.entered_by_id
            AND m.from_state IN ('quarantined', 'blocked') AND m.to_state IN ('released', 'available')
    ) THEN
        RAISE EXCEPTION 'who released a bag reads nothing of it afterwards'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'releaser_reads_nothing_afterwards';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER result_is_a_second_reading BEFORE INSERT ON centers_result
    FOR EACH ROW EXECUTE FUNCTION result_is_a_second_reading();
