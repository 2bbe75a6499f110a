"""A donor's own pages: signing in by a code, what is on record, wishes, leaving.

Every reading of a donor's record by somebody else is shown to the donor here.
"""
