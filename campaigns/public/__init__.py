"""What everybody reads without signing in: campaigns, need, guidance, feeds, the read API.

A page for everybody is kept and shared (``config.page_cache``): nothing of one reader stands on it.
"""
