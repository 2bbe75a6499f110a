"""A shortage notice: why blood is short, what follows, what is done, and how else to help.

The four points are those of a supply alert in article 64 of Regulation (EU) 2024/1938; no law in
Morocco asks for them, and no better template was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Appeal
from centers.models import StockAlert, Transfer

ENOUGH_DAYS = 7.0


@dataclass(frozen=True)
class Notice:
    """``cause`` is relief, routine or forecast; ``days`` of use on the shelf, None where unknown or
    where the figure is too old to be told; ``coming`` is bags agreed or sent by other centres."""

    cause: str
    days: float | None
    missing: int
    coming: int

    @property
    def daily_care_goes_on(self) -> bool:
        """Only the reserve is short: enough is there for a week of usual use."""
        return self.days is not None and self.days >= ENOUGH_DAYS


def of(appeal: Appeal, *, now: datetime) -> Notice | None:
    """None once the need is covered or the appeal is over: then nothing is short by it."""
    if not appeal.is_open or appeal.state == Appeal.State.COVERED or appeal.expires_at <= now:
        return None
    alert = appeal.alert
    cause = "forecast" if alert is None else "routine"
    if alert and alert.kind == StockAlert.Kind.RELIEF:
        cause = "relief"
    daily, available = appeal.reasons.get("daily_use"), appeal.reasons.get("available")
    age, limit = appeal.reasons.get("figure_hours"), appeal.center.stale_after_hours
    known = bool(daily) and available is not None and age is not None and age <= limit
    moved = Transfer.objects.filter(
        receiver=appeal.center,
        component__family=appeal.component.family,
        blood_group=appeal.blood_group,
        state__in=[Transfer.State.APPROVED, Transfer.State.PACKED],
    ).values_list("count", flat=True)
    return Notice(
        cause=cause,
        days=available / daily if known else None,
        missing=appeal.needed,
        coming=sum(moved),
    )
