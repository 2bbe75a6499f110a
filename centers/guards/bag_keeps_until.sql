-- The expiry of a product made from that bag; NULL where no recipe makes it. Without it a product could get a
-- longer shelf life than its recipe allows.
CREATE OR REPLACE FUNCTION bag_keeps_until(bag centers_bag)
RETURNS timestamp with time zone LANGUAGE plpgsql STABLE AS $$
DECLARE
    parent centers_bag%ROWTYPE;
    part centers_recipepart%ROWTYPE;
    own timestamptz;
BEGIN
    SELECT morocco_midnight(bag.collected_on + shelf_life_days + 1)
        INTO own FROM centers_component WHERE code = bag.component_id;
    IF bag.made_from_id IS NULL THEN
        RETURN CASE WHEN EXISTS (SELECT FROM centers_kit WHERE component_id = bag.component_id)
            THEN own END;
    END IF;
    SELECT * INTO parent FROM centers_bag WHERE id = bag.made_from_id;
    SELECT p.* INTO part FROM centers_recipepart p JOIN centers_recipe r ON r.code = p.recipe_id
        WHERE r.of_id = parent.component_id AND p.makes_id = bag.component_id
        ORDER BY p.id LIMIT 1;
    IF NOT FOUND OR parent.state <> 'separated' OR parent.donation_id <> bag.donation_id
        OR bag.blood_group <> parent.blood_group
    THEN
        RETURN NULL;
    END IF;
    IF part.life_hours IS NOT NULL THEN
        RETURN least(parent.expires_at, bag.made_at + part.life_hours * interval '1 hour');
    END IF;
    RETURN CASE WHEN parent.opened_at IS NULL THEN own ELSE least(parent.expires_at, own) END;
END
$$;
