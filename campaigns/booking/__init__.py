"""Taking a place on the public pages, moving it, giving it back, and what is told about it.

A booked place counts as an answer to the appeal that asked for it.
"""
