"""Counts for a hierarchy with small numbers suppressed, and the log of accesses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from donors import substance
from donors.models import AccessLog, Donor, User, UserAccess

LEAST = 5


# How long a reason once typed opens a record for who typed it.
REASON_HOLDS = timedelta(minutes=30)


def log_access(*, donor: Donor, by: User, reason: str, because: str = "") -> AccessLog:
    return AccessLog.objects.create(donor=donor, by=by, reason=reason, because=because)


def give_reason(*, donor: Donor, by: User, reason: str, because: str) -> AccessLog:
    """Open a record outside a session: who looks says why, in words that the auditor reads."""
    return log_access(donor=donor, by=by, reason=reason, because=substance.said(because))


def reason_given(*, donor: Donor, by: User, now: datetime) -> AccessLog | None:
    """The reason typed lately by this user for this person."""
    rows = AccessLog.objects.filter(donor__in=donor.linked_rows(), by=by, at__gt=now - REASON_HOLDS)
    return rows.exclude(because="").order_by("-pk").first()


def log_trail(*, user: User, by: User) -> UserAccess:
    return UserAccess.objects.create(user=user, by=by)


def give_reason_for_trail(*, user: User, by: User, because: str) -> UserAccess:
    """Open the audit trail of a user, as ``give_reason`` opens a record."""
    return UserAccess.objects.create(user=user, by=by, because=substance.said(because))


def trail_reason_given(*, user: User, by: User, now: datetime) -> bool:
    rows = UserAccess.objects.filter(user=user, by=by, at__gt=now - REASON_HOLDS)
    return rows.exclude(because="").exists()


def few(count: int) -> int | None:
    """The count, or None where it is below the smallest that may be shown."""
    return count if count >= LEAST else None


def total(cells: Iterable[int]) -> int | None:
    """The sum of only those cells that may be shown themselves.

    With the true sum a reader could subtract the visible cells and learn a suppressed one; this sum
    is only what anybody can add up from the visible cells.
    """
    return few(sum(cell for cell in cells if cell >= LEAST))
