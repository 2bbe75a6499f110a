from datetime import datetime

from .models import AccessLog, Donor, User

SMALLEST_GROUP = 5


def log_access(*, donor: Donor, by: User, reason: str, now: datetime) -> None:
    AccessLog.objects.create(donor=donor, by=by, reason=reason, at=now)


def shown_count(count: int) -> int | None:
    """A count of people as a commander may see it: None for a group too small to hide in."""
    return count if count == 0 or count >= SMALLEST_GROUP else None
