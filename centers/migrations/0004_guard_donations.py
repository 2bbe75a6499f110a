from django.db import migrations

# The lock on the donor makes two simultaneous donations of one person queue, so that the second
# one sees the first one's interval.
DONATION = """
CREATE FUNCTION donation_conflict(person bigint, given_on date) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    donor donors_donor%ROWTYPE;
    bound record;
    previous date;
BEGIN
    SELECT * INTO donor FROM donors_donor WHERE id = person;
    IF donor.birth_date + interval '18 years' > given_on THEN
        RETURN 'donor under 18';
    END IF;
    IF EXISTS (
        SELECT FROM donors_deferral
        WHERE donor_id = person AND ended_at IS NULL AND starts_on <= given_on
            AND (ends_on IS NULL OR ends_on > given_on)
    ) THEN
        RETURN 'donor deferred';
    END IF;
    FOR bound IN
        SELECT criterion, value FROM donors_criterion
        WHERE in_use AND criterion IN ('INTERVAL', 'MAX_PER_YEAR') AND sex IN (donor.sex, 'any')
            AND donation_type = 'whole_blood' AND valid_from <= given_on
            AND (valid_until IS NULL OR valid_until > given_on)
    LOOP
        IF bound.criterion = 'INTERVAL' AND EXISTS (
            SELECT FROM centers_donation
            WHERE donor_id = person AND abs(collected_on - given_on) < bound.value
        ) THEN
            RETURN 'interval not over';
        END IF;
        IF bound.criterion = 'MAX_PER_YEAR' AND (
            SELECT count(*) FROM centers_donation
            WHERE donor_id = person AND collected_on > given_on - 365 AND collected_on <= given_on
        ) >= bound.value THEN
            RETURN 'yearly limit reached';
        END IF;
    END LOOP;
    RETURN '';
END
$$;

CREATE FUNCTION donation_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    why text;
    visit centers_visit%ROWTYPE;
BEGIN
    PERFORM FROM donors_donor WHERE id = NEW.donor_id FOR UPDATE;
    SELECT * INTO visit FROM centers_visit WHERE id = NEW.visit_id;
    IF visit.donor_id <> NEW.donor_id OR visit.session_id <> NEW.session_id THEN
        RAISE EXCEPTION 'the visit belongs to another donor or session'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (SELECT center_id FROM centers_session WHERE id = NEW.session_id) <> NEW.center_id THEN
        RAISE EXCEPTION 'the session belongs to another centre'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    why := donation_conflict(NEW.donor_id, NEW.collected_on);
    IF visit.outcome <> 'accepted' THEN
        why := 'visit not accepted';
    END IF;
    IF NEW.mode = 'online' THEN
        IF NEW.collected_on <> (now() AT TIME ZONE 'Africa/Casablanca')::date THEN
            RAISE EXCEPTION 'an online entry is of today'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF why <> '' THEN
            RAISE EXCEPTION 'donation refused: %', why
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSE
        NEW.conflict := why;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER donation_is_allowed BEFORE INSERT ON centers_donation
    FOR EACH ROW EXECUTE FUNCTION donation_is_allowed();

CREATE FUNCTION donation_keeps_what_was_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a donation is corrected by a further row, never changed'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER donation_keeps_what_was_recorded BEFORE UPDATE ON centers_donation
    FOR EACH ROW EXECUTE FUNCTION donation_keeps_what_was_recorded();
CREATE TRIGGER centers_donation_is_never_deleted BEFORE DELETE ON centers_donation
    FOR EACH ROW EXECUTE FUNCTION refuse_delete();
"""


class Migration(migrations.Migration):
    dependencies = [("centers", "0003_guard_places")]
    operations = [migrations.RunSQL(DONATION, migrations.RunSQL.noop)]
