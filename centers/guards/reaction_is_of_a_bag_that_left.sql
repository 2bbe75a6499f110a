-- Without this a reaction could be noted at a bag that lies in the fridge, and the right one not be found.
CREATE OR REPLACE FUNCTION reaction_is_of_a_bag_that_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM centers_bag b WHERE b.id = NEW.bag_id AND b.center_id = NEW.center_id
            AND (b.state = 'transfused' OR EXISTS (SELECT FROM centers_issue WHERE bag_id = b.id))
    ) THEN
        RAISE EXCEPTION 'the bag never left'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reaction_is_of_a_bag_that_left';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER reaction_is_of_a_bag_that_left BEFORE INSERT ON centers_patientreaction
    FOR EACH ROW EXECUTE FUNCTION reaction_is_of_a_bag_that_left();
