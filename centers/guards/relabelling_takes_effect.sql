-- Without this a held bag would keep its wrong label after the relabelling was recorded.
CREATE OR REPLACE FUNCTION relabelling_takes_effect() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE centers_bag SET blood_group = NEW.after WHERE id = NEW.bag_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER relabelling_takes_effect AFTER INSERT ON centers_relabelling
    FOR EACH ROW EXECUTE FUNCTION relabelling_takes_effect();
