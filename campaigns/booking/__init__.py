"""Booking a place on the public pages, moving and cancelling it, and the messages about it.

A booked place counts as an answer to the appeal that asked for it.
"""
