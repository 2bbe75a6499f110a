"""Campaigns to come as every page reads them: days, free places, distances, calendars.

Lists walk the index of sessions, so that a page costs no more among many.
"""
