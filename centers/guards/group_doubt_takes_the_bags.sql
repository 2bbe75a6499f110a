-- Without this bags of a person whose group is in doubt would stay in stock, and issued ones would not be
-- recalled.
CREATE OR REPLACE FUNCTION group_doubt_takes_the_bags(person bigint, who bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT d.id FROM centers_donation d WHERE d.donor_id IN (SELECT linked_donor_rows(person)) ORDER BY d.id
    LOOP
        PERFORM block_bags(given.id, who, 'group', false);
        PERFORM recall_what_left(given.id, who, 'group');
    END LOOP;
END
$$;
