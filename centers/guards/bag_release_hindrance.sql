-- The reason against releasing a bag, '' if none. Without it blood could be released untested, with a wrong group,
-- or from a deferred donor.
CREATE OR REPLACE FUNCTION bag_release_hindrance(the_bag bigint)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    donation centers_donation%ROWTYPE;
    determined text;
    part bigint;
    why text;
BEGIN
    SELECT * INTO bag FROM centers_bag WHERE id = the_bag;
    SELECT * INTO donation FROM centers_donation WHERE id = bag.donation_id;
    IF donation.conflict <> '' THEN
        RETURN 'donation_conflicts_with_a_rule';
    END IF;
    IF EXISTS (
        SELECT FROM centers_marker m LEFT JOIN current_results(donation.id) r ON r.marker_id = m.id
        WHERE m.kind = 'infection' AND m.valid_from <= donation.collected_on
            AND (m.valid_until IS NULL OR m.valid_until > donation.collected_on)
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(r.id) FILTER (WHERE r.outcome <> 'negative') > 0
            OR count(DISTINCT r.entered_by_id) < 2
    ) OR reading_of_a_machine_waits(donation.din) THEN
        RETURN 'marker_is_not_negative_twice';
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
        RETURN 'group_is_not_determined_twice';
    END IF;
    IF known_group_differs(donation.donor_id, determined) THEN
        RETURN 'group_differs_from_the_known_one';
    END IF;
    IF bag.blood_group IS DISTINCT FROM determined THEN
        RETURN 'label_is_not_the_determined_group';
    END IF;
    IF bag.blood_group LIKE 'O%' AND EXISTS (
        SELECT FROM centers_marker m LEFT JOIN current_results(donation.id) r ON r.marker_id = m.id
        WHERE m.kind = 'mark' AND m.valid_from <= donation.collected_on
            AND (m.valid_until IS NULL OR m.valid_until > donation.collected_on)
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(DISTINCT r.outcome) > 1
            OR count(DISTINCT r.entered_by_id) < 2
    ) THEN
        RETURN 'haemolysins_are_not_read_twice';
    END IF;
    IF first_tube_is_disproved(donation.id) THEN
        RETURN 'first_tube_was_not_of_this_donor';
    END IF;
    IF group_in_doubt(donation.donor_id) THEN
        RETURN 'group_of_the_donor_is_in_doubt';
    END IF;
    -- 300 mL, the same minimum as in the application.
    IF measured(donation.visit_id, 'volume', donation.volume) < 300 THEN
        RETURN 'donation_is_too_small';
    END IF;
    IF look_back_is_open(donation.donor_id) THEN
        RETURN 'look_back_on_the_donor_is_open';
    END IF;
    IF deferral_covers(donation.donor_id, donation.collected_on) THEN
        RETURN 'deferral_of_the_donor_covers_the_day';
    END IF;
    IF EXISTS (
        SELECT FROM centers_recall WHERE donation_id = donation.id AND verdict = 'discard'
    ) THEN
        RETURN 'recall_ended_against_using_it';
    END IF;
    FOR part IN SELECT part_id FROM centers_poolpart WHERE pool_id = bag.id LOOP
        why := bag_release_hindrance(part);
        IF why <> '' THEN
            RETURN why;
        END IF;
    END LOOP;
    RETURN '';
END
$$;
