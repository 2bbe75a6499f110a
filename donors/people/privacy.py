"""Counts that go up a hierarchy, none so small that it points at somebody; and who looked."""

from collections.abc import Iterable
from datetime import datetime

from donors.models import AccessLog, Donor, User

LEAST = 5


def log_access(*, donor: Donor, by: User, reason: str, now: datetime) -> None:
    AccessLog.objects.create(donor=donor, by=by, reason=reason, at=now)


def few(count: int) -> int | None:
    """The count, or None where it is under the smallest that may be told."""
    return count if count >= LEAST else None


def total(cells: Iterable[int]) -> int | None:
    """The sum of those cells alone that may be told themselves.

    With the true sum somebody would take away what is told elsewhere and read a hidden cell off the
    rest; this one is no more than can be added up from what everybody sees.
    """
    return few(sum(cell for cell in cells if cell >= LEAST))
