class Refused(Exception):
    """A rule said no; the message is written for the person who reads the page."""
