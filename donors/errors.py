from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from donors.models import Donor


class Refused(Exception):
    """A rule said no; the message is written for the person who reads the page."""


class AlreadyRegistered(Refused):
    """The identity document belongs to ``donor``, who is registered already."""

    def __init__(self, message: str, donor: Donor) -> None:
        super().__init__(message)
        self.donor = donor
