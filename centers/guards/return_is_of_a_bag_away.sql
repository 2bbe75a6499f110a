-- Without this a bag could be returned that was never issued, or returned twice.
CREATE OR REPLACE FUNCTION return_is_of_a_bag_away() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
BEGIN
    SELECT b.* INTO bag FROM centers_bag b JOIN centers_issue i ON i.bag_id = b.id
        WHERE i.id = NEW.issue_id FOR UPDATE OF b;
    IF bag.state <> 'issued' THEN
        RAISE EXCEPTION 'the bag is %, not issued', bag.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'returned_bag_was_issued';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER return_is_of_a_bag_away BEFORE INSERT ON centers_return
    FOR EACH ROW EXECUTE FUNCTION return_is_of_a_bag_away();
