"""Calendar arithmetic as rules are written: months and years, not counted days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from .zones import MOROCCO


def add_months(day: date, months: int) -> date:
    """The same day of the month; where the month is too short, the first day of the next one.

    A period must never end too early: one month after 31 January is 1 March, not 28 February.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    length = monthrange(year, month + 1)[1]
    if day.day <= length:
        return date(year, month + 1, day.day)
    return date(year, month + 1, length) + timedelta(days=1)


def add_years(day: date, years: int) -> date:
    return add_months(day, years * 12)


def add_period(day: date, value: int, unit: str) -> date:
    """``unit`` is hour, day, week, month or year; hours count as whole days."""
    if unit == "hour":
        return day + timedelta(days=-(-value // 24))
    if unit in ("day", "week"):
        return day + timedelta(days=value * (7 if unit == "week" else 1))
    return add_months(day, value * (12 if unit == "year" else 1))


def day_and_month_exchanged(day: date) -> list[date]:
    """03/07 for 07/03: people write both; empty where that is the same day or none."""
    if day.day > 12 or day.day == day.month:
        return []
    return [date(day.year, day.day, day.month)]


def local_day(now: datetime) -> date:
    """The day of an instant in Morocco."""
    return timezone.localdate(now)


def midnight(day: date) -> datetime:
    """The instant at which a day begins in Morocco: queries compare instants, never a day in
    SQL."""
    return datetime.combine(day, time.min, MOROCCO)


def last_moment(day: date) -> datetime:
    """The last microsecond of a day in Morocco, also of the last day that Python knows."""
    return datetime.combine(day, time.max, MOROCCO)


def quiet_until(now: datetime, hours: tuple[int, int] | None = None) -> datetime | None:
    """The end of the quiet hours in Morocco if they are running, else None. ``hours`` (from, until)
    are a person's own and replace the general ones.
    """
    begins, ends = hours or settings.QUIET_HOURS
    local = now.astimezone(MOROCCO)
    over_midnight = begins > ends
    if over_midnight and ends <= local.hour < begins:
        return None
    if not over_midnight and not begins <= local.hour < ends:
        return None
    late = over_midnight and local.hour >= begins
    day = local.date() + timedelta(days=1 if late else 0)
    return datetime.combine(day, time(ends), MOROCCO)
