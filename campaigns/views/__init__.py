"""Shared by the views of several rooms: public answers, calendar files, QR codes.

A room's own pages are in the room.
"""
