-- Whether one product serves a request for another: FFP-THAWED serves FFP, because a recipe with its own shelf
-- life makes it from FFP.
CREATE OR REPLACE FUNCTION component_serves(asked text, given text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT asked = given OR EXISTS (
        SELECT FROM centers_recipe r JOIN centers_recipepart p ON p.recipe_id = r.code
        WHERE r.of_id = asked AND p.makes_id = given AND p.life_hours IS NOT NULL
    )
$$;
