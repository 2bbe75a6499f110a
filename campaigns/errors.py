class Refused(Exception):
    """A rule said no; the message is written for the person who reads the page.

    ``field`` names the value that has to be put right, where it is one.
    """

    def __init__(self, message: str, field: str | None = None):
        super().__init__(message)
        self.field = field
