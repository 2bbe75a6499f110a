"""A donor's own pages: sign-in by code, the record, preferences, erasure.

The donor sees here who else has opened their record.
"""
