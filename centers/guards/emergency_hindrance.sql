-- What an emergency never waives: bad news, a conflict, a label that the readings do not bear out.
-- Without it an emergency would open the way for reactive blood.
CREATE OR REPLACE FUNCTION emergency_hindrance(the_bag bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    donation centers_donation%ROWTYPE;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = the_bag;
    SELECT * INTO donation FROM centers_donation WHERE id = bag.donation_id;
    RETURN CASE
        WHEN donation.conflict <> '' THEN 'the donation conflicts with a rule of the donor'
        WHEN bag.blood_group = '' OR bag.blood_group <> determined_group(donation.id)
            THEN 'the label is not the group that was determined'
        WHEN known_group_differs(donation.donor_id, bag.blood_group)
            THEN 'the group differs from the one the donor is known by'
        WHEN EXISTS (
            SELECT FROM centers_result WHERE donation_id = donation.id AND outcome = 'reactive'
        ) THEN 'a marker is missing or not negative twice'
        WHEN look_back_is_open(donation.donor_id) THEN 'a look-back on the donor is open'
        WHEN deferral_covers(donation.donor_id, donation.collected_on)
            THEN 'a deferral of the donor covers the day'
        WHEN EXISTS (
            SELECT FROM centers_recall WHERE donation_id = donation.id AND verdict = 'discard'
        ) THEN 'a recall ended against using it'
        WHEN first_tube_is_disproved(donation.id) THEN 'the first tube was not of this donor'
        WHEN group_in_doubt(donation.donor_id) THEN 'the group of the donor is in doubt'
        ELSE '' END;
END
$$;
