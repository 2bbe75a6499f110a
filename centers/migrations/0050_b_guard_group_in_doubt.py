from django.db import migrations

# Group readings of a person that contradict each other or the group on record. Where two readers of a
# tube differ and one agrees with what is known, that is a slip of one: the tube is read again, no doubt
# falls on the person. What an earlier doubt has settled is no news; the same read of the same tube neither.
CONTRADICTIONS = """
CREATE FUNCTION group_contradictions(person bigint)
RETURNS TABLE (donation_id bigint, code text, known text, said text[]) LANGUAGE sql STABLE AS $$
    WITH kin AS (SELECT k.id FROM donor_kin(person) k(id)),
    settled AS (
        SELECT g.rows, g.last_result, g.proof_id FROM centers_groupdoubt g
        WHERE g.verdict IN ('stands', 'corrected') AND g.rows && ARRAY(SELECT id FROM kin)
    ),
    pair AS (
        SELECT d.id AS donation_id, m.code::text, array_agg(r.outcome::text ORDER BY r.entry) AS said
        FROM centers_donation d CROSS JOIN LATERAL current_results(d.id) r
            JOIN centers_marker m ON m.id = r.marker_id AND m.kind = 'group'
        WHERE d.donor_id IN (SELECT id FROM kin) AND NOT EXISTS (
            SELECT FROM settled s WHERE d.donor_id = ANY (s.rows) AND d.id <> s.proof_id AND EXISTS (
                SELECT FROM centers_result o WHERE o.donation_id = d.id AND o.marker_id = m.id
                    AND o.outcome = r.outcome AND o.id <= s.last_result
            )
        )
        GROUP BY 1, 2
    ),
    label AS (
        SELECT p.blood_group::text AS label, true AS of_person FROM donors_donor p
        WHERE p.id IN (SELECT id FROM kin) AND p.blood_group <> ''
        UNION
        -- The label of a bag says O+ of somebody without D who has C or E.
        SELECT group_on_record(person), false WHERE NOT EXISTS (
            SELECT FROM donors_donor p WHERE p.id IN (SELECT id FROM kin) AND p.blood_group <> ''
        )
    ),
    known AS (
        SELECT NULL::bigint AS donation_id, 'ABO' AS code, rtrim(label, '+-') AS outcome
        FROM label WHERE label <> ''
        UNION ALL
        SELECT NULL, 'D', CASE WHEN label LIKE '%-' THEN 'negative' ELSE 'positive' END
        FROM label WHERE label LIKE '%-' OR label LIKE '%+' AND of_person
        UNION ALL
        SELECT NULL, antigen, 'negative' FROM label, unnest(ARRAY['C', 'E']) antigen WHERE label LIKE '%-'
        UNION ALL
        SELECT p.donation_id, p.code, p.said[1] FROM pair p
        WHERE cardinality(p.said) = 2 AND p.said[1] = p.said[2]
    )
    SELECT p.donation_id, p.code, k.outcome, p.said FROM pair p JOIN known k ON k.code = p.code
        AND k.donation_id IS DISTINCT FROM p.donation_id AND k.outcome <> ALL (p.said)
    UNION
    SELECT NULL, a.code, a.outcome, ARRAY[b.outcome, b.outcome] FROM known a JOIN known b ON b.code = a.code
        AND a.donation_id IS NULL AND b.donation_id IS NULL AND a.outcome < b.outcome
$$;

CREATE FUNCTION group_in_doubt(person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM centers_groupdoubt WHERE donor_id IN (SELECT donor_kin(person)) AND closed_at IS NULL
    )
$$;

-- The whole group of a donation, twice, by two people, lots and techniques, and all of it after the doubt
-- began: from a new sample, or from the first tube of another donation.
CREATE FUNCTION group_is_proved(the_donation bigint, the_doubt centers_groupdoubt) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT determined_group(the_donation) <> '' AND NOT EXISTS (
        SELECT FROM centers_marker m JOIN current_results(the_donation) r ON r.marker_id = m.id
            LEFT JOIN centers_repeat p ON (p.donation_id, p.marker_id, p.version)
                = (r.donation_id, r.marker_id, r.version)
        WHERE m.kind = 'group'
        GROUP BY m.id
        HAVING count(r.id) < 2 OR count(DISTINCT r.outcome) > 1 OR count(DISTINCT r.entered_by_id) < 2
            OR count(DISTINCT r.lot) < 2 OR count(DISTINCT r.technique) < 2 OR min(r.id) <= the_doubt.since
            OR NOT bool_and(coalesce(p.because = 'new_sample',
                the_donation IS DISTINCT FROM the_doubt.donation_id))
    )
$$;
"""

# Bad news: nothing here raises. The rows of the person first: of two readings at once each sees the other.
OPENED = """
CREATE FUNCTION person_is_held(person bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM donors_donor WHERE id = ANY (ARRAY(SELECT donor_kin(person)))
        ORDER BY id FOR NO KEY UPDATE;
    RETURN ARRAY(SELECT donor_kin(person));
END
$$;

CREATE FUNCTION group_doubt_takes_the_bags(person bigint, who bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT d.id FROM centers_donation d WHERE d.donor_id IN (SELECT donor_kin(person)) ORDER BY d.id
    LOOP
        PERFORM block_bags(given.id, who, 'group', false);
        PERFORM recall_what_left(given.id, who, 'group');
    END LOOP;
END
$$;

CREATE FUNCTION weigh_the_group(person bigint, the_donation bigint, reading bigint, who bigint,
    the_cause text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    kin bigint[] := person_is_held(person);
    twice boolean;
BEGIN
    SELECT bool_or(cardinality(c.said) = 2) INTO twice FROM group_contradictions(person) c;
    IF twice IS NOT NULL THEN
        UPDATE centers_groupdoubt SET two_read = two_read OR twice
            WHERE donor_id = ANY (kin) AND closed_at IS NULL;
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
        WHERE donor_id = ANY (kin) AND closed_at IS NULL AND NOT two_read;
    UPDATE centers_groupdoubt g
        SET closed_at = now(), closed_by_id = who, verdict = 'stands', proof_id = the_donation
        WHERE g.donor_id = ANY (kin) AND g.closed_at IS NULL AND g.donation_id = the_donation
            AND group_is_proved(the_donation, g)
            AND determined_group(the_donation) = group_on_record(person)
            AND NOT EXISTS (
                SELECT FROM centers_repeat p JOIN centers_donation d ON d.id = p.donation_id
                    JOIN centers_marker m ON m.id = p.marker_id AND m.kind = 'group'
                WHERE d.donor_id = ANY (kin) AND d.id <> the_donation AND p.asked_at >= g.opened_at
                    AND 2 > (SELECT count(*) FROM current_results(d.id) r WHERE r.marker_id = m.id)
            );
END
$$;

CREATE FUNCTION reading_is_weighed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT kind FROM centers_marker WHERE id = NEW.marker_id) = 'group' THEN
        PERFORM weigh_the_group(d.donor_id, d.id, NEW.id, NEW.entered_by_id, 'reading')
            FROM centers_donation d WHERE d.id = NEW.donation_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER reading_is_weighed AFTER INSERT ON centers_result
    FOR EACH ROW EXECUTE FUNCTION reading_is_weighed();

CREATE FUNCTION group_doubt_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_WHEN = 'AFTER' THEN
        PERFORM group_doubt_takes_the_bags(NEW.donor_id, NEW.opened_by_id);
    ELSIF NEW.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a doubt about a group begins open'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER group_doubt_begins_open BEFORE INSERT ON centers_groupdoubt
    FOR EACH ROW EXECUTE FUNCTION group_doubt_begins();
CREATE TRIGGER group_doubt_takes_the_bags AFTER INSERT ON centers_groupdoubt
    FOR EACH ROW EXECUTE FUNCTION group_doubt_begins();
"""

# Joined, two laboratories speak of one person; parted, each stands alone again.
JOINED = """
CREATE OR REPLACE FUNCTION donor_is_joined_in_one_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.merged_into_id IS NOT NULL AND (
        EXISTS (SELECT FROM donors_donor
                WHERE id = NEW.merged_into_id AND merged_into_id IS NOT NULL)
        OR EXISTS (SELECT FROM donors_donor WHERE merged_into_id = NEW.id)
        OR NOT EXISTS (SELECT FROM donors_merge
                       WHERE gone_id = NEW.id AND kept_id = NEW.merged_into_id AND undone_at IS NULL)
    ) THEN
        RAISE EXCEPTION 'a donor is joined in one step, by a merge'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.merged_into_id IS NULL
        AND EXISTS (SELECT FROM donors_merge WHERE gone_id = NEW.id AND undone_at IS NULL)
    THEN
        RAISE EXCEPTION 'a merge stands until it is undone'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION joining_weighs_the_group() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    merge donors_merge%ROWTYPE;
    one bigint;
BEGIN
    SELECT * INTO merge FROM donors_merge WHERE gone_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF NEW.merged_into_id IS NOT NULL THEN
        PERFORM weigh_the_group(NEW.merged_into_id, NULL, NULL, merge.by_id, 'joining');
        RETURN NULL;
    END IF;
    FOREACH one IN ARRAY ARRAY[merge.kept_id, NEW.id]::bigint[] LOOP
        IF EXISTS (SELECT FROM group_contradictions(one)) THEN
            PERFORM weigh_the_group(one, NULL, NULL, merge.undone_by_id, 'reading');
        ELSE
            UPDATE centers_groupdoubt SET closed_at = now(), closed_by_id = merge.undone_by_id,
                verdict = 'parted'
            WHERE donor_id IN (SELECT donor_kin(one)) AND closed_at IS NULL AND (
                cause = 'joining' OR donation_id IN (
                    SELECT id FROM centers_donation WHERE donor_id NOT IN (SELECT donor_kin(one))
                )
            );
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER joining_weighs_the_group AFTER UPDATE OF merged_into_id ON donors_donor
    FOR EACH ROW WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id)
    EXECUTE FUNCTION joining_weighs_the_group();
"""

# Held: neither out, nor on, nor worked on. The movement has locked the bag before this looks.
HELD = """
CREATE FUNCTION refuse_while_the_group_is_in_doubt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_bag bigint := CASE TG_TABLE_NAME WHEN 'centers_bag' THEN (to_jsonb(NEW) ->> 'id')::bigint
        ELSE (to_jsonb(NEW) ->> 'bag_id')::bigint END;
BEGIN
    IF EXISTS (
        SELECT FROM centers_bag b JOIN centers_donation d ON d.id = b.donation_id
        WHERE b.id = the_bag AND group_in_doubt(d.donor_id)
    ) THEN
        RAISE EXCEPTION 'the group of the donor is in doubt'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
-- Triggers of one moment run in the order of their names: after movement_moves_the_bag.
CREATE TRIGGER movement_waits_for_the_group BEFORE INSERT ON centers_movement
    FOR EACH ROW WHEN (NEW.to_state IN ('available', 'reserved', 'issued', 'in_transit', 'separated'))
    EXECUTE FUNCTION refuse_while_the_group_is_in_doubt();
CREATE TRIGGER opening_waits_for_the_group BEFORE UPDATE OF opened_at ON centers_bag
    FOR EACH ROW WHEN (OLD.opened_at IS NULL AND NEW.opened_at IS NOT NULL)
    EXECUTE FUNCTION refuse_while_the_group_is_in_doubt();
CREATE TRIGGER emergency_waits_for_the_group BEFORE INSERT ON centers_emergencyrelease
    FOR EACH ROW EXECUTE FUNCTION refuse_while_the_group_is_in_doubt();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("centers", "0050_a_group_in_doubt"),
        ("donors", "0050_why_an_address_is_dead"),
    ]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (CONTRADICTIONS, OPENED, JOINED, HELD)
    ]
