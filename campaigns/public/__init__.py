"""Public pages without sign-in: campaigns, need, guidance, feeds, the read API.

They are cached for all readers (``config.page_cache``): they must contain nothing about one reader.
"""
