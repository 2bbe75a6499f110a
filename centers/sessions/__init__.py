"""Sessions planned, their times booked, and the waiting line of a full one.

A place is taken under the lock of its slot; the database counts.
"""
