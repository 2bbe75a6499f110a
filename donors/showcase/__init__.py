"""Pages for the demonstration and for developers: entering as a role, the gallery of components.

None of them is served in production.
"""
