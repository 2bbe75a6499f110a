"""Bags on shelves: movements, levels against floors, expiry, counting, recalls, trace.

``stock`` is the only writer of movements.
"""
