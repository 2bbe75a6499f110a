-- Reasons that an emergency release never waives: bad news, a conflict, a label that the readings do not confirm.
-- Without it an emergency could release reactive blood.
CREATE OR REPLACE FUNCTION emergency_hindrance(the_bag bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    donation centers_donation%ROWTYPE;
    part bigint;
    why text;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = the_bag;
    SELECT * INTO donation FROM centers_donation WHERE id = bag.donation_id;
    why := CASE
        WHEN donation.conflict <> '' THEN 'donation_conflicts_with_a_rule'
        WHEN bag.blood_group = '' OR bag.blood_group <> determined_group(donation.id)
            THEN 'label_is_not_the_determined_group'
        WHEN known_group_differs(donation.donor_id, bag.blood_group)
            THEN 'group_differs_from_the_known_one'
        WHEN EXISTS (
            SELECT FROM centers_result WHERE donation_id = donation.id AND outcome = 'reactive'
        ) OR reading_of_a_machine_waits(donation.din) THEN 'marker_is_not_negative_twice'
        WHEN look_back_is_open(donation.donor_id) THEN 'look_back_on_the_donor_is_open'
        WHEN deferral_covers(donation.donor_id, donation.collected_on)
            THEN 'deferral_of_the_donor_covers_the_day'
        WHEN EXISTS (
            SELECT FROM centers_recall WHERE donation_id = donation.id AND verdict = 'discard'
        ) THEN 'recall_ended_against_using_it'
        WHEN first_tube_is_disproved(donation.id) THEN 'first_tube_was_not_of_this_donor'
        WHEN group_in_doubt(donation.donor_id) THEN 'group_of_the_donor_is_in_doubt'
        ELSE '' END;
    FOR part IN SELECT part_id FROM centers_poolpart WHERE pool_id = bag.id LOOP
        EXIT WHEN why <> '';
        why := emergency_hindrance(part);
    END LOOP;
    RETURN why;
END
$$;
