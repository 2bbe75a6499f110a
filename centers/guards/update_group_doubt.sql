-- Opens, keeps or ends the doubt about a person's group after a reading or a joining. Nothing here raises, because
-- a reading is never refused. Without it bags of two groups of one person would both be released.
CREATE OR REPLACE FUNCTION update_group_doubt(
    person bigint, the_donation bigint, reading bigint, who bigint, the_cause text
)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    linked bigint[] := person_is_held(person);
    twice boolean;
BEGIN
    SELECT bool_or(cardinality(c.said) = 2) INTO twice FROM group_contradictions(person) c;
    IF twice IS NOT NULL THEN
        UPDATE centers_groupdoubt SET two_read = two_read OR twice
            WHERE donor_id = ANY (linked) AND closed_at IS NULL;
        IF FOUND THEN
            PERFORM group_doubt_takes_the_bags(person, who);
            RETURN;
        END IF;
        INSERT INTO centers_groupdoubt (public_id, donor_id, donation_id, cause, known, since, two_read,
            opened_at, opened_by_id, verdict, because, "group", rows)
        SELECT gen_random_uuid(), coalesce(p.merged_into_id, p.id), the_donation, the_cause,
            group_on_record(person), coalesce(reading, (SELECT max(id) FROM centers_result), 0), twice,
            now(), who, '', '', '', '{}'
        FROM donors_donor p WHERE p.id = person;
        RETURN;
    END IF;
    UPDATE centers_groupdoubt SET closed_at = now(), closed_by_id = who, verdict = 'slip'
        WHERE donor_id = ANY (linked) AND closed_at IS NULL AND NOT two_read;
    UPDATE centers_groupdoubt g
        SET closed_at = now(), closed_by_id = who, verdict = 'stands', proof_id = the_donation
        WHERE g.donor_id = ANY (linked) AND g.closed_at IS NULL AND g.donation_id = the_donation
            AND group_is_proved(the_donation, g)
            AND determined_group(the_donation) = group_on_record(person)
            AND NOT EXISTS (
                SELECT FROM centers_repeat p JOIN centers_donation d ON d.id = p.donation_id
                    JOIN centers_marker m ON m.id = p.marker_id AND m.kind = 'group'
                WHERE d.donor_id = ANY (linked) AND d.id <> the_donation AND p.asked_at >= g.opened_at
                    AND 2 > (SELECT count(*) FROM current_results(d.id) r WHERE r.marker_id = m.id)
            );
END
$$;
