"""Three concrete days offered to each unit, and the rotation of campaigns over the coming weeks.

``choices`` computes without a database; what it knows is read by ``facts``.
"""
