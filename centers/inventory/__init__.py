"""Stock of bags: movements, levels against floors, expiry, counting, recalls, tracing.

``stock`` is the only writer of movements.
"""
