-- When two joined rows are parted again, a person loses the other one's group, never one that their own bags prove.
-- Without this a known group could be overwritten.
CREATE OR REPLACE FUNCTION known_group_is_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    SELECT c.before, group_of_the_person(d.id, c.after) AS after INTO last
        FROM centers_groupcorrection c JOIN centers_donation d ON d.id = c.donation_id
        WHERE d.donor_id IN (SELECT linked_donor_rows(NEW.id)) ORDER BY c.id DESC LIMIT 1;
    IF (last.before, last.after) = (OLD.blood_group, NEW.blood_group) THEN
        RETURN NEW;
    END IF;
    SELECT group_of_the_person(g.proof_id, g."group") AS after INTO last
        FROM centers_groupdoubt g WHERE NEW.id = ANY (g.rows) AND g.proof_id IS NOT NULL
        ORDER BY g.closed_at DESC, g.id DESC LIMIT 1;
    IF FOUND AND last.after = NEW.blood_group THEN
        RETURN NEW;
    END IF;
    IF NEW.blood_group <> '' THEN
        RAISE EXCEPTION 'a known group changes by a correction only'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'known_group_changes_by_a_correction_only';
    END IF;
    IF EXISTS (
        SELECT FROM centers_bag b JOIN centers_donation d ON d.id = b.donation_id
        WHERE d.donor_id IN (SELECT linked_donor_rows(NEW.id)) AND b.blood_group = OLD.blood_group
    ) THEN
        NEW.blood_group := OLD.blood_group;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER known_group_is_corrected BEFORE UPDATE OF blood_group ON donors_donor
    FOR EACH ROW WHEN (
        OLD.blood_group <> '' AND NEW.blood_group <> OLD.blood_group
    ) EXECUTE FUNCTION known_group_is_corrected();
