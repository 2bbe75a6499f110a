-- What stands against releasing a bag, '' where nothing does. Without it blood could leave untested, with
-- a wrong group, or of somebody who is deferred.
CREATE OR REPLACE FUNCTION bag_release_hindrance(the_bag bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    donation centers_donation%ROWTYPE;
    determined text;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = the_bag;
    SELECT * INTO donation FROM centers_donation WHERE id = bag.donation_id;
    IF donation.conflict <> '' THEN
        RETURN 'the donation conflicts with a rule of the donor';
    END IF;
    IF EXISTS (
        SELECT FROM centers_marker m LEFT JOIN current_results(donation.id) r ON r.marker_id = m.id
        WHERE m.kind = 'infection' AND m.valid_from <= donation.collected_on
            AND (m.valid_until IS NULL OR m.valid_until > donation.collected_on)
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(r.id) FILTER (WHERE r.outcome <> 'negative') > 0
            OR count(DISTINCT r.entered_by_id) < 2
    ) THEN
        RETURN 'a marker is missing or not negative twice';
    END IF;
    determined := determined_group(donation.id);
    IF determined = '' OR EXISTS (
        SELECT FROM centers_marker m LEFT JOIN current_results(donation.id) r ON r.marker_id = m.id
        WHERE m.kind = 'group' AND m.valid_from <= donation.collected_on
            AND (m.valid_until IS NULL OR m.valid_until > donation.collected_on)
            AND (NOT m.rh_negative_only OR EXISTS (
                SELECT FROM current_results(donation.id) d JOIN centers_marker n ON n.id = d.marker_id
                WHERE n.code = 'D' AND d.outcome = 'negative'
            ))
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(DISTINCT r.outcome) > 1
            OR count(DISTINCT r.entered_by_id) < 2
            OR count(DISTINCT r.lot) < 2 OR count(DISTINCT r.technique) < 2
    ) THEN
        RETURN 'the group is not determined twice, by two people, lots and techniques';
    END IF;
    IF known_group_differs(donation.donor_id, determined) THEN
        RETURN 'the group differs from the one the donor is known by';
    END IF;
    IF bag.blood_group IS DISTINCT FROM determined THEN
        RETURN 'the label is not the group that was determined';
    END IF;
    IF bag.blood_group LIKE 'O%' AND EXISTS (
        SELECT FROM centers_marker m LEFT JOIN current_results(donation.id) r ON r.marker_id = m.id
        WHERE m.kind = 'mark' AND m.valid_from <= donation.collected_on
            AND (m.valid_until IS NULL OR m.valid_until > donation.collected_on)
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(DISTINCT r.outcome) > 1
            OR count(DISTINCT r.entered_by_id) < 2
    ) THEN
        RETURN 'the haemolysins of group O are not read twice alike';
    END IF;
    IF first_tube_is_disproved(donation.id) THEN
        RETURN 'the first tube was not of this donor';
    END IF;
    IF group_in_doubt(donation.donor_id) THEN
        RETURN 'the group of the donor is in doubt';
    END IF;
    -- 300 mL, as the application asks when a volume is entered.
    IF measured(donation.visit_id, 'volume', donation.volume) < 300 THEN
        RETURN 'the donation is too small';
    END IF;
    IF look_back_is_open(donation.donor_id) THEN
        RETURN 'a look-back on the donor is open';
    END IF;
    IF deferral_covers(donation.donor_id, donation.collected_on) THEN
        RETURN 'a deferral of the donor covers the day';
    END IF;
    IF EXISTS (
        SELECT FROM centers_recall WHERE donation_id = donation.id AND verdict = 'discard'
    ) THEN
        RETURN 'a recall ended against using it';
    END IF;
    RETURN '';
END
$$;
