"""Signing in: the factors of a session, its throttle, and allauth's adapter.

Accounts of staff are made by the level above; donors get theirs with a booking.
"""
