-- Says which of number, group, product and expiry differ from the bag. Without this a program could declare a
-- wrong label right. The bar code has minutes, not seconds.
CREATE OR REPLACE FUNCTION label_check_is_compared() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bag centers_bag%ROWTYPE;
    given text;
BEGIN
    SELECT b.* INTO bag FROM centers_bag b
        WHERE b.id = (SELECT bag_id FROM centers_label WHERE id = NEW.label_id) FOR UPDATE;
    IF NEW.label_id <> (SELECT max(id) FROM centers_label WHERE bag_id = bag.id) THEN
        RAISE EXCEPTION 'another label was printed since'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'label_was_not_replaced';
    END IF;
    SELECT din INTO given FROM centers_donation WHERE id = bag.donation_id;
    NEW.at := clock_timestamp();
    NEW.differs := concat_ws(' ',
        CASE WHEN (NEW.number, NEW.din) <> (given, given) THEN 'number' END,
        CASE WHEN NEW.blood_group <> bag.blood_group THEN 'group' END,
        CASE WHEN NEW.division <> bag.division OR NEW.product <> (
            SELECT local_code FROM centers_component WHERE code = bag.component_id
        ) THEN 'product' END,
        CASE WHEN floor(extract(epoch FROM NEW.expires_at) / 60) <> floor(extract(epoch FROM bag.expires_at) / 60)
            THEN 'expiry' END
    );
    RETURN NEW;
END
$$;

CREATE TRIGGER label_check_is_compared BEFORE INSERT ON centers_labelcheck
    FOR EACH ROW EXECUTE FUNCTION label_check_is_compared();
