-- The digest of what a memo says in words. Without this a text could be changed after its second reader.
CREATE OR REPLACE FUNCTION memo_words(said jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT md5(jsonb_build_array(
        said->'subject_ar', said->'subject_fr', said->'subject_en', said->'body_ar', said->'body_fr',
        said->'body_en', said->'slogan'
    )::text)
$$;
