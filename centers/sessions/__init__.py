"""Sessions planned, their slots booked, and the waiting list of a full one.

A place is taken under the lock of its slot; the database counts.
"""
