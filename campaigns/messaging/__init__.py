"""Every message that leaves: the catalogue of kinds, the outbox, channels, transports, links.

The row in the database is the truth; a task is only a wake-up call.
"""
