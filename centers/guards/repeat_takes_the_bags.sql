-- A repeated test blocks the bags in stock and recalls the issued ones. Without this they could be used while the
-- result is open.
CREATE OR REPLACE FUNCTION repeat_takes_the_bags() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM block_bags(NEW.donation_id, NEW.asked_by_id, 'screening', false);
    PERFORM recall_what_left(NEW.donation_id, NEW.asked_by_id, 'laboratory');
    RETURN NULL;
END
$$;

CREATE TRIGGER repeat_takes_the_bags AFTER INSERT ON centers_repeat
    FOR EACH ROW EXECUTE FUNCTION repeat_takes_the_bags();
