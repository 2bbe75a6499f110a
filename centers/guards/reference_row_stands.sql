-- Reference rows that decide about blood come from the files of a release, never by hand. Without this a typed row
-- could make an incompatible group compatible.
CREATE OR REPLACE FUNCTION reference_row_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb;
BEGIN
    IF session_is_owner() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO changed FROM jsonb_each(to_jsonb(NEW))
        WHERE value IS DISTINCT FROM to_jsonb(OLD) -> key
            AND key NOT IN ('name_ar', 'name_fr', 'name_en', 'source', 'note', 'verified', 'position');
        IF changed = '{}' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % come from the files of a release', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reference_row_comes_with_a_release';
END
$$;

CREATE TRIGGER reference_row_stands BEFORE INSERT OR UPDATE OR DELETE ON centers_compatibility
    FOR EACH ROW EXECUTE FUNCTION reference_row_stands();

CREATE TRIGGER reference_row_stands BEFORE INSERT OR UPDATE OR DELETE ON centers_component
    FOR EACH ROW EXECUTE FUNCTION reference_row_stands();

CREATE TRIGGER reference_row_stands BEFORE INSERT OR UPDATE OR DELETE ON centers_kit
    FOR EACH ROW EXECUTE FUNCTION reference_row_stands();

CREATE TRIGGER reference_row_stands BEFORE INSERT OR UPDATE OR DELETE ON centers_marker
    FOR EACH ROW EXECUTE FUNCTION reference_row_stands();

CREATE TRIGGER reference_row_stands BEFORE INSERT OR UPDATE OR DELETE ON centers_recipe
    FOR EACH ROW EXECUTE FUNCTION reference_row_stands();

CREATE TRIGGER reference_row_stands BEFORE INSERT OR UPDATE OR DELETE ON centers_recipe_kits
    FOR EACH ROW EXECUTE FUNCTION reference_row_stands();

CREATE TRIGGER reference_row_stands BEFORE INSERT OR UPDATE OR DELETE ON centers_recipepart
    FOR EACH ROW EXECUTE FUNCTION reference_row_stands();
