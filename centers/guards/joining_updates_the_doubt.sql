-- Compares the groups of two rows when they are joined, and of each alone when they are parted. Without this
-- bags of two different groups of one person would stay in stock.
CREATE OR REPLACE FUNCTION joining_updates_the_doubt() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    merge donors_merge%ROWTYPE;
    one bigint;
BEGIN
    SELECT * INTO merge FROM donors_merge WHERE gone_id = NEW.id ORDER BY id DESC LIMIT 1;
    IF NEW.merged_into_id IS NOT NULL THEN
        PERFORM update_group_doubt(NEW.merged_into_id, NULL, NULL, merge.by_id, 'joining');
        RETURN NULL;
    END IF;
    FOREACH one IN ARRAY ARRAY[merge.kept_id, NEW.id]::bigint[] LOOP
        IF EXISTS (SELECT FROM group_contradictions(one)) THEN
            PERFORM update_group_doubt(one, NULL, NULL, merge.undone_by_id, 'reading');
        ELSE
            UPDATE centers_groupdoubt SET closed_at = now(), closed_by_id = merge.undone_by_id,
                verdict = 'parted'
            WHERE donor_id IN (SELECT linked_donor_rows(one)) AND closed_at IS NULL AND (
                cause = 'joining' OR donation_id IN (
                    SELECT id FROM centers_donation WHERE donor_id NOT IN (SELECT linked_donor_rows(one))
                )
            );
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER joining_updates_the_doubt AFTER UPDATE OF merged_into_id ON donors_donor
    FOR EACH ROW WHEN (
        OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id
    ) EXECUTE FUNCTION joining_updates_the_doubt();
