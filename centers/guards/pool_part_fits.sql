-- Without this a pool could hold platelets of two groups, of another centre, or of strong haemolysins, or a bag be
-- used a second time.
CREATE OR REPLACE FUNCTION pool_part_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pool centers_bag%ROWTYPE;
    part centers_bag%ROWTYPE;
BEGIN
    SELECT * INTO pool FROM centers_bag WHERE id = NEW.pool_id FOR UPDATE;
    SELECT * INTO part FROM centers_bag WHERE id = NEW.part_id FOR UPDATE;
    IF pool.component_id <> 'PLT-POOL' OR part.component_id <> 'PLT-STD' OR pool.state <> ''
        OR part.state <> 'separated'
        OR (part.center_id, part.blood_group) <> (pool.center_id, pool.blood_group)
        OR donation_titre(part.donation_id) = 'high'
        OR pool.expires_at > part.expires_at
        OR EXISTS (
            SELECT FROM centers_bag WHERE made_from_id = part.id AND id <> pool.id AND state <> 'undone'
        )
    THEN
        RAISE EXCEPTION 'a pool holds platelets of one group and centre'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'pool_part_fits';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER pool_part_fits BEFORE INSERT ON centers_poolpart
    FOR EACH ROW EXECUTE FUNCTION pool_part_fits();
