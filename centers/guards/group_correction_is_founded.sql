-- The whole group must be read again from the new sample: a part read from the old tube proves nothing. Without
-- this a group on record could be changed by a slip, or by one of its readers.
CREATE OR REPLACE FUNCTION group_correction_is_founded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person bigint;
BEGIN
    SELECT donor_id INTO person FROM centers_donation WHERE id = NEW.donation_id FOR UPDATE;
    IF NEW.after <> determined_group(NEW.donation_id) OR EXISTS (
        SELECT FROM centers_marker m JOIN current_results(NEW.donation_id) r ON r.marker_id = m.id
            LEFT JOIN centers_repeat p ON (p.donation_id, p.marker_id, p.version)
                = (r.donation_id, r.marker_id, r.version) AND p.because = 'new_sample'
        WHERE m.kind = 'group'
        GROUP BY m.id
        HAVING count(p.id) < 2 OR count(DISTINCT r.lot) < 2 OR count(DISTINCT r.technique) < 2
    ) THEN
        RAISE EXCEPTION 'a group is corrected by a new sample'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'group_is_corrected_by_a_new_sample';
    END IF;
    IF NEW.before <> group_on_record(person) THEN
        RAISE EXCEPTION 'the donor is known by another group'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'donor_is_known_by_the_corrected_group';
    END IF;
    IF EXISTS (
        SELECT FROM centers_result r JOIN centers_marker m ON m.id = r.marker_id
        WHERE r.donation_id = NEW.donation_id AND m.kind = 'group' AND r.entered_by_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'who read a group does not correct the record by it'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'reader_of_a_group_does_not_correct_the_record';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER group_correction_is_founded BEFORE INSERT ON centers_groupcorrection
    FOR EACH ROW EXECUTE FUNCTION group_correction_is_founded();
