"""What a unit's campaigns brought, for its own people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from campaigns.models import Campaign
from donors.clock.calendar import local_day
from donors.models import Unit
from donors.people.privacy import few, total

MOST = 24  # campaigns on the page, the latest first


@dataclass(frozen=True)
class Line:
    campaign: Campaign
    donations: int | None


@dataclass(frozen=True)
class Tally:
    """``donations``: of this year, the sum of what is shown; ``coming`` are public campaigns."""

    lines: list[Line]
    donations: int | None
    coming: list[Campaign]


def of(unit: Unit, now: datetime) -> Tally:
    """Campaigns of the unit itself; figures under five are withheld."""
    own = Campaign.objects.filter(unit=unit)
    over = own.filter(state=Campaign.State.CLOSED).annotate(given=Count("sessions__donations"))
    latest = over.order_by("-planned_on", "-pk")
    rows = list(zip(latest[:MOST], latest.values_list("given", flat=True)[:MOST], strict=True))
    year = local_day(now).year
    return Tally(
        [Line(row, few(given)) for row, given in rows],
        total(given for row, given in rows if row.planned_on.year == year),
        list(own.filter(state__in=Campaign.OPEN).order_by("planned_on", "pk")),
    )
