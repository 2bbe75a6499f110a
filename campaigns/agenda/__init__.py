"""Upcoming campaigns as all pages read them: days, free places, distances, calendars.

Lists read the index of sessions in order, so that the number of campaigns does not slow a page.
"""
