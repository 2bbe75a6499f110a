"""Pages of the demonstration and of development: entering as a role, the gallery of components.

None of them answers in production.
"""
