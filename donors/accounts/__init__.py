"""Sign-in: factors of a session, throttling, and allauth's adapter. Staff accounts are created by
the unit or centre above; donors get theirs with a booking.
"""
