"""A month of campaigns, day by day."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from centers.models import Session
from donors.calendar import add_months, local_day

from .models import Campaign

AHEAD = 12  # months that can be looked at


@dataclass(frozen=True)
class Day:
    """A square of the sheet; ``campaigns`` is 0 where nothing is collected."""

    on: date
    inside: bool
    past: bool
    campaigns: int = 0
    free: int = 0


@dataclass(frozen=True)
class Month:
    """``weeks`` begin on Monday and may reach into the months beside."""

    first: date
    weeks: list[list[Day]]
    before: date | None
    after: date | None


def sheet(of: QuerySet[Campaign], first: date, now: datetime) -> Month:
    """The month that begins on ``first``, or the nearest one that may be looked at."""
    today = local_day(now)
    earliest = today.replace(day=1)
    latest = add_months(earliest, AHEAD)
    first = min(max(first, earliest), latest)
    counted = _counted(of, first, add_months(first, 1), now)
    weeks = [
        [Day(on, on.month == first.month, on < today, *counted.get(on, (0, 0))) for on in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    before = add_months(first, -1) if first > earliest else None
    return Month(first, weeks, before, add_months(first, 1) if first < latest else None)


def _counted(
    of: QuerySet[Campaign], since: date, until: date, now: datetime
) -> dict[date, tuple[int, int]]:
    """Campaigns and free places of each day that has a session to come."""
    shown = of.filter(state=Campaign.State.CONFIRMED).values("pk")
    sessions = Session.objects.upcoming(now).filter(
        campaigns__in=shown, starts_at__date__gte=since, starts_at__date__lt=until
    )
    days = sessions.annotate(day=TruncDate("starts_at")).order_by().values("day")
    places = days.filter(slots__starts_at__gt=now).annotate(
        free=Coalesce(Sum(F("slots__places") - F("slots__taken")), 0)
    )
    free = dict(places.values_list("day", "free"))
    campaigns = days.annotate(count=Count("campaigns", distinct=True))
    return {day: (count, free.get(day, 0)) for day, count in campaigns.values_list("day", "count")}
