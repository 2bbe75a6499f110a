"""Blood: where it is collected, its test results, where it is now.

May import ``donors``, never ``campaigns``: it records facts, and the app above reads them and sends
messages.
"""
