"""The database side of the planner: reads the country, carries decisions out, keeps every plan.

``ticks.tick`` is the whole: it renews the register of people, reads a ``Snapshot``, calls
``campaigns.planner.plan`` and carries out what was decided.
"""
