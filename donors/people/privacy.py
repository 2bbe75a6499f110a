"""Counts for a hierarchy with small numbers suppressed, and the log of accesses."""

from collections.abc import Iterable

from donors.models import AccessLog, Donor, User

LEAST = 5


def log_access(*, donor: Donor, by: User, reason: str) -> None:
    AccessLog.objects.create(donor=donor, by=by, reason=reason)


def few(count: int) -> int | None:
    """The count, or None where it is below the smallest that may be shown."""
    return count if count >= LEAST else None


def total(cells: Iterable[int]) -> int | None:
    """The sum of only those cells that may be shown themselves.

    With the true sum a reader could subtract the visible cells and learn a suppressed one; this sum
    is only what anybody can add up from the visible cells.
    """
    return few(sum(cell for cell in cells if cell >= LEAST))
