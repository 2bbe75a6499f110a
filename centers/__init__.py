"""Blood: where it is collected, what it tested as, where it is now.

May import ``donors``; never ``campaigns``: it records, and the app above reads the rows and tells.
"""
