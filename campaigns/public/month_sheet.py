"""A month of campaigns, day by day."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Func, IntegerField, Sum, Value

from campaigns.agenda.upcoming import Coming
from centers.models import Slot
from donors.clock.calendar import add_months, local_day, midnight

AHEAD = 12  # number of months that can be opened


@dataclass(frozen=True)
class Day:
    """A day of the calendar; ``campaigns`` is 0 where there is no session."""

    on: date
    inside: bool
    past: bool
    campaigns: int = 0
    free: int = 0
    cancelled: int = 0


@dataclass(frozen=True)
class Month:
    """``weeks`` begin on Monday and may include days of the adjacent months."""

    first: date
    weeks: list[list[Day]]
    before: date | None
    after: date | None


def sheet(of: Coming, first: date) -> Month:
    """The month that begins on ``first``, or the nearest one allowed."""
    today = local_day(of.now)
    earliest = today.replace(day=1)
    latest = add_months(earliest, AHEAD)
    first = min(max(first, earliest), latest)
    counted = _counted(of, first, add_months(first, 1))
    weeks = [
        [Day(on, on.month == first.month, on < today, *counted.get(on, (0, 0, 0))) for on in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    before = add_months(first, -1) if first > earliest else None
    return Month(first, weeks, before, add_months(first, 1) if first < latest else None)


def _counted(of: Coming, since: date, until: date) -> dict[date, tuple[int, int, int]]:
    """Campaigns, free places and cancelled campaigns of each day with sessions to come."""
    days = [since + timedelta(days=number) for number in range((until - since).days)]
    begins = Value([midnight(day) for day in days])
    # 1 for sessions on the first day, 2 on the second; day boundaries are computed in Python,
    # because the database's time zone is not Morocco's.
    day = Func(
        F("session__starts_at"), begins, function="width_bucket", output_field=IntegerField()
    )
    inside = {"session__starts_at__gte": midnight(since), "session__starts_at__lt": midnight(until)}
    rows = of.every_stop.filter(**inside)
    campaigns = rows.order_by().values(day=day).annotate(count=Count("campaign", distinct=True))
    slots = Slot.objects.filter(session__in=rows.values("session"), starts_at__gt=of.now)
    places = slots.annotate(day=day).order_by().values("day")
    left = places.annotate(left=Sum(F("places") - F("taken")))
    free = dict(left.values_list("day", "left"))
    live = {row["day"]: row["count"] for row in campaigns}
    off: dict[int, int] = {}
    if not of.free:
        cancelled = of.cancelled_stops.filter(**inside).order_by().values(day=day)
        counted = cancelled.annotate(count=Count("campaign", distinct=True))
        off = {row["day"]: row["count"] for row in counted}
    return {
        days[number - 1]: (live.get(number, 0), free.get(number, 0), off.get(number, 0))
        for number in live.keys() | off.keys()
    }
