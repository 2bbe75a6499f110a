-- Groups that harm no patient by ABO: cells of O, plasma of AB; platelets are not held back for a group.
CREATE OR REPLACE FUNCTION group_suits_anybody(family text, the_group text)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN family = 'red_cells' THEN the_group LIKE 'O%'
        WHEN family IN ('plasma', 'cryoprecipitate') THEN the_group LIKE 'AB%'
        ELSE family = 'platelets' END
$$;
