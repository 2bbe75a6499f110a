-- Without this bags of a recalled donation could still be issued.
CREATE OR REPLACE FUNCTION recall_blocks_the_bags() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM block_bags(NEW.donation_id, NEW.opened_by_id, 'recall', true);
    RETURN NULL;
END
$$;

CREATE TRIGGER recall_blocks_the_bags AFTER INSERT ON centers_recall
    FOR EACH ROW EXECUTE FUNCTION recall_blocks_the_bags();
