-- For a deferral that covers the day of a donation, or joined rows of which one is deferred: blocks the bags.
-- Without it they would stay in stock.
CREATE OR REPLACE FUNCTION bars_take_the_bags(person bigint, who bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT d.id FROM centers_donation d
        WHERE d.donor_id IN (SELECT linked_donor_rows(person))
            AND (deferral_covers(d.donor_id, d.collected_on) OR look_back_is_open(d.donor_id))
        ORDER BY d.id
    LOOP
        PERFORM block_bags(given.id, who, 'deferral', false);
    END LOOP;
    FOR given IN
        SELECT d.id FROM centers_donation d
        WHERE d.donor_id IN (SELECT linked_donor_rows(person)) AND deferral_covers(d.donor_id, d.collected_on)
        ORDER BY d.id
    LOOP
        PERFORM recall_what_left(given.id, who, 'deferral');
    END LOOP;
END
$$;
