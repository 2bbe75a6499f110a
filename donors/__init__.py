"""People: who may give blood, when, and how they may be reached.

The lowest app: it imports neither ``centers`` nor ``campaigns``.
"""
