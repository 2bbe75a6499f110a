"""Morocco's clock from the pinned zone data, and calendar arithmetic as rules are written.

``zones`` is imported before anything else can read a zone of the machine.
"""
