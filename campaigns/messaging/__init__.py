"""Every outgoing message: the catalogue of kinds, the outbox, channels, transports, links.

The rows in the database decide; a task only triggers reading them.
"""
