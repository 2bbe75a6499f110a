from donors.errors import Refused
from donors.models import Donor


class AlreadyKnown(Refused):
    """The person being registered may be one of ``donors``, who are registered already."""

    def __init__(self, message: str, donors: list[Donor], field: str | None = None):
        super().__init__(message, field)
        self.donors = donors


class Foreign(Refused):
    """The number belongs to a ``facility`` that the session does not use; a person has to confirm
    it."""

    def __init__(self, message: str, facility: str):
        super().__init__(message, "number")
        self.facility = facility
