-- The first release sets the donor's group. Without this a later contradiction would not be noticed.
CREATE OR REPLACE FUNCTION release_tells_the_group() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE donors_donor SET blood_group = known.label
    FROM (
        SELECT d.donor_id, p.merged_into_id, group_of_the_person(d.id, b.blood_group) AS label
        FROM centers_bag b JOIN centers_donation d ON d.id = b.donation_id
            JOIN donors_donor p ON p.id = d.donor_id
        WHERE b.id = NEW.bag_id
    ) known
    WHERE donors_donor.id IN (known.donor_id, known.merged_into_id) AND blood_group = ''
        AND known.label <> '';
    RETURN NULL;
END
$$;

CREATE TRIGGER release_tells_the_group AFTER INSERT ON centers_movement
    FOR EACH ROW WHEN (
        NEW.from_state IN ('quarantined', 'blocked') AND NEW.to_state IN ('released', 'available')
    ) EXECUTE FUNCTION release_tells_the_group();
