from django.db import migrations

# What a doubt has settled is on record, too; of two joined rows the one that stays speaks.
RECORD = """
CREATE OR REPLACE FUNCTION group_on_record(person bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    kin bigint[] := ARRAY(SELECT donor_kin(person));
    known text;
BEGIN
    SELECT blood_group INTO known FROM donors_donor WHERE id = ANY (kin) AND blood_group <> ''
        ORDER BY merged_into_id NULLS FIRST, id LIMIT 1;
    IF known IS NULL THEN
        SELECT s.label INTO known FROM (
            SELECT c.after AS label, c.at FROM centers_groupcorrection c
                JOIN centers_donation d ON d.id = c.donation_id WHERE d.donor_id = ANY (kin)
            UNION ALL
            SELECT g."group", g.closed_at FROM centers_groupdoubt g
                WHERE g.rows && kin AND g.proof_id IS NOT NULL
        ) s ORDER BY s.at DESC LIMIT 1;
    END IF;
    IF known IS NULL THEN
        SELECT b.blood_group INTO known FROM centers_donation d JOIN centers_bag b ON b.donation_id = d.id
            JOIN centers_movement m ON m.bag_id = b.id
            WHERE d.donor_id = ANY (kin) AND m.to_state = 'available' ORDER BY m.id DESC LIMIT 1;
    END IF;
    RETURN coalesce(known, '');
END
$$;

CREATE OR REPLACE FUNCTION known_group_is_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    SELECT c.before, group_of_the_person(d.id, c.after) AS after INTO last
        FROM centers_groupcorrection c JOIN centers_donation d ON d.id = c.donation_id
        WHERE d.donor_id IN (SELECT donor_kin(NEW.id)) ORDER BY c.id DESC LIMIT 1;
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
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT FROM centers_bag b JOIN centers_donation d ON d.id = b.donation_id
        WHERE d.donor_id IN (SELECT donor_kin(NEW.id)) AND b.blood_group = OLD.blood_group
    ) THEN
        NEW.blood_group := OLD.blood_group;
    END IF;
    RETURN NEW;
END
$$;
"""

HINDRANCE = """
CREATE OR REPLACE FUNCTION bag_release_hindrance(the_bag bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
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

CREATE OR REPLACE FUNCTION against_coming_back(the_bag bigint) RETURNS text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line AS (
        SELECT the_bag AS id
        UNION ALL
        SELECT b.made_from_id FROM line JOIN centers_bag b ON b.id = line.id
            JOIN centers_movement m ON m.bag_id = b.made_from_id
                AND m.from_state = 'blocked' AND m.to_state = 'separated'
    )
    SELECT CASE
        WHEN EXISTS (
            SELECT FROM line JOIN centers_issue i ON i.bag_id = line.id
                LEFT JOIN centers_return r ON r.issue_id = i.id
            WHERE r.id IS NULL OR NOT r.cold_chain_kept
        ) THEN 'no return with its cold chain stands beside the movement'
        WHEN EXISTS (
            SELECT FROM line WHERE (
                SELECT reason FROM centers_movement WHERE bag_id = line.id AND to_state = 'blocked'
                ORDER BY seq DESC LIMIT 1
            ) NOT IN ('screening', 'recall', 'deferral', 'came back', 'group')
        ) THEN 'what blocked the bag does not clear up'
        WHEN EXISTS (
            SELECT FROM centers_transferbag WHERE bag_id = the_bag AND arrived IS NULL AND NOT unpacked
        ) THEN 'the bag is in a box'
        ELSE '' END
$$;
"""

# The end of a doubt: a slip of one reader, a proof, or two records that were of two people.
ENDED = """
CREATE FUNCTION group_doubt_ends_on_proof() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text := '';
    contradicted boolean;
    found text;
BEGIN
    IF OLD.closed_at IS NOT NULL OR OLD.two_read AND NOT NEW.two_read
        OR (NEW.id, NEW.public_id, NEW.donor_id, NEW.donation_id, NEW.cause, NEW.known, NEW.since,
            NEW.opened_at, NEW.opened_by_id)
        IS DISTINCT FROM (OLD.id, OLD.public_id, OLD.donor_id, OLD.donation_id, OLD.cause, OLD.known,
            OLD.since, OLD.opened_at, OLD.opened_by_id)
    THEN
        RAISE EXCEPTION 'a doubt about a group is ended once, never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.closed_at IS NULL THEN
        RETURN NEW;
    END IF;
    NEW.rows := person_is_held(NEW.donor_id);
    NEW.last_result := coalesce((SELECT max(id) FROM centers_result), 0);
    NEW."group" := '';
    contradicted := EXISTS (SELECT FROM group_contradictions(NEW.donor_id));
    IF NEW.verdict = 'slip' AND (contradicted OR OLD.two_read) THEN
        why := 'a doubt about a group is ended by a new sample';
    ELSIF NEW.verdict = 'parted' AND (contradicted OR NOT EXISTS (
        SELECT FROM donors_merge WHERE undone_at IS NOT NULL AND NEW.donor_id IN (kept_id, gone_id)
    )) THEN
        why := 'a doubt about a group is ended by a new sample';
    ELSIF NEW.verdict IN ('stands', 'corrected') THEN
        found := determined_group(NEW.proof_id);
        IF NOT group_is_proved(NEW.proof_id, OLD)
            OR group_on_record(NEW.donor_id) NOT IN ('', found)
            OR NOT EXISTS (SELECT FROM centers_donation WHERE id = NEW.proof_id AND donor_id = ANY (NEW.rows))
            OR NEW.verdict = 'corrected' AND NOT EXISTS (
                SELECT FROM centers_groupcorrection WHERE donation_id = NEW.proof_id AND after = found
            )
        THEN
            why := 'a doubt about a group is ended by a new sample';
        ELSIF contradicted AND EXISTS (
            SELECT FROM centers_result r JOIN centers_marker m ON m.id = r.marker_id AND m.kind = 'group'
            WHERE r.donation_id = NEW.proof_id AND r.entered_by_id = NEW.closed_by_id
        ) THEN
            why := 'who read a group does not settle the doubt about it';
        END IF;
        NEW."group" := found;
    END IF;
    IF why <> '' THEN
        RAISE EXCEPTION '%', why USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER group_doubt_ends_on_proof BEFORE UPDATE ON centers_groupdoubt
    FOR EACH ROW EXECUTE FUNCTION group_doubt_ends_on_proof();
CREATE TRIGGER centers_groupdoubt_is_never_deleted BEFORE DELETE ON centers_groupdoubt
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON centers_groupdoubt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION group_doubt_settles_the_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    known text := group_of_the_person(NEW.proof_id, NEW."group");
BEGIN
    UPDATE donors_donor SET blood_group = known
        WHERE id = ANY (NEW.rows) AND blood_group NOT IN ('', known);
    RETURN NULL;
END
$$;
CREATE TRIGGER group_doubt_settles_the_record AFTER UPDATE OF closed_at ON centers_groupdoubt
    FOR EACH ROW WHEN (NEW.proof_id IS NOT NULL) EXECUTE FUNCTION group_doubt_settles_the_record();

CREATE FUNCTION correction_ends_the_doubt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE centers_groupdoubt SET closed_at = NEW.at, closed_by_id = NEW.by_id, verdict = 'corrected',
        because = NEW.because, proof_id = NEW.donation_id
    WHERE closed_at IS NULL AND donor_id IN (
        SELECT donor_kin(d.donor_id) FROM centers_donation d WHERE d.id = NEW.donation_id
    );
    RETURN NULL;
END
$$;
-- Triggers of one moment run in the order of their names: after group_correction_takes_effect.
CREATE TRIGGER the_doubt_ends_with_the_correction AFTER INSERT ON centers_groupcorrection
    FOR EACH ROW EXECUTE FUNCTION correction_ends_the_doubt();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0050_b_guard_group_in_doubt")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (RECORD, HINDRANCE, ENDED)
    ]
