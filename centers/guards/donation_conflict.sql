-- The rule a donation breaks, looked up under all joined rows of the person. Without it a deferral under the other
-- row would be missed.
CREATE OR REPLACE FUNCTION donation_conflict(person bigint, given_on date)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    donor donors_donor%ROWTYPE;
    rows bigint[] := ARRAY(SELECT linked_donor_rows(person));
    bound record;
BEGIN
    SELECT * INTO donor FROM donors_donor WHERE id = person;
    IF donor.latest_birth_date + interval '18 years' > given_on THEN
        RETURN 'donor_under_18';
    END IF;
    IF EXISTS (
        SELECT FROM donors_deferral
        WHERE donor_id = ANY (rows) AND ended_at IS NULL AND starts_on <= given_on
            AND (ends_on IS NULL OR ends_on > given_on)
    ) THEN
        RETURN 'donor_deferred';
    END IF;
    FOR bound IN
        SELECT criterion, value FROM donors_criterion
        WHERE in_use AND criterion IN ('INTERVAL', 'MAX_PER_YEAR') AND sex IN (donor.sex, 'any')
            AND donation_type = 'whole_blood' AND valid_from <= given_on
            AND (valid_until IS NULL OR valid_until > given_on)
    LOOP
        IF bound.criterion = 'INTERVAL' AND EXISTS (
            SELECT FROM centers_donation
            WHERE donor_id = ANY (rows) AND abs(collected_on - given_on) < bound.value
        ) THEN
            RETURN 'interval_not_over';
        END IF;
        IF bound.criterion = 'MAX_PER_YEAR' AND (
            SELECT count(*) FROM centers_donation WHERE donor_id = ANY (rows)
                AND collected_on > given_on - 365 AND collected_on <= given_on
        ) >= bound.value THEN
            RETURN 'yearly_limit_reached';
        END IF;
    END LOOP;
    RETURN '';
END
$$;
