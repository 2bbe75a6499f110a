"""Shared by the views of several rooms: display of refusals.

A room's own pages are in the room.
"""
