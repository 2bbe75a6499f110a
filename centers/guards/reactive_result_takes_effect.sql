-- Bad news always commits: nothing in here may raise. The deferral uses the reason's version in force today, else
-- its last version. Without this a reactive bag could stay in stock, and its donor give again.
CREATE OR REPLACE FUNCTION reactive_result_takes_effect() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    marker centers_marker%ROWTYPE;
    donation centers_donation%ROWTYPE;
    bag record;
    today date := morocco_day(now());
BEGIN
    SELECT * INTO donation FROM centers_donation WHERE id = NEW.donation_id;
    SELECT * INTO marker FROM centers_marker WHERE id = NEW.marker_id;
    PERFORM block_bags(NEW.donation_id, NEW.entered_by_id, 'screening', true);
    PERFORM recall_what_left(NEW.donation_id, NEW.entered_by_id, 'laboratory');
    IF NOT EXISTS (
        SELECT FROM centers_result WHERE donation_id = NEW.donation_id AND marker_id = NEW.marker_id
            AND id <> NEW.id AND outcome = 'reactive'
    ) THEN
        RETURN NULL;
    END IF;
    FOR bag IN
        SELECT id, center_id FROM centers_bag WHERE id IN (SELECT reached_bags(NEW.donation_id))
            AND state = 'blocked' ORDER BY id FOR UPDATE
    LOOP
        INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)
        VALUES (bag.id, 0, 'blocked', 'discarded', bag.center_id, now(), NEW.entered_by_id, 'screening');
    END LOOP;
    INSERT INTO donors_deferral
        (donor_id, reason_id, permanent, starts_on, recorded_at, recorded_by_id, ended_because)
    SELECT donation.donor_id, r.id, r.kind = 'permanent', donation.collected_on, now(),
        NEW.entered_by_id, ''
    FROM donors_deferralreason r
    WHERE r.code = marker.deferral_code AND NOT EXISTS (
        SELECT FROM donors_deferral d JOIN donors_deferralreason s ON s.id = d.reason_id
        WHERE d.donor_id = donation.donor_id AND s.code = r.code AND d.ended_at IS NULL
            AND d.starts_on <= donation.collected_on AND d.ends_on IS NULL
    )
    ORDER BY r.valid_from <= today AND (r.valid_until IS NULL OR r.valid_until > today) DESC,
        r.valid_from DESC
    LIMIT 1;
    IF marker.look_back THEN
        INSERT INTO centers_lookback (donation_id, marker_id, opened_at)
        VALUES (NEW.donation_id, NEW.marker_id, now()) ON CONFLICT (donation_id, marker_id) DO NOTHING;
        PERFORM bars_take_the_bags(donation.donor_id, NEW.entered_by_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER reactive_result_takes_effect AFTER INSERT ON centers_result
    FOR EACH ROW WHEN (NEW.outcome = 'reactive') EXECUTE FUNCTION reactive_result_takes_effect();
