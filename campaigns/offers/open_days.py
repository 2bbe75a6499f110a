"""Days on which a centre collects at any unit that takes them, without being asked again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.models import OpenDay
from centers.models import Center
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import User

LONGEST = timedelta(weeks=26)


def publish(
    *,
    center: Center,
    day: date,
    weeks: int,
    teams: int,
    beds: int,
    starts: time,
    ends: time,
    by: User,
    now: datetime,
) -> int:
    """Publish the day and the same weekday of the following ``weeks``; return the days published."""
    if day <= local_day(now):
        raise Refused(_("The day has to lie ahead."), "day")
    if day + timedelta(weeks=weeks) > local_day(now) + LONGEST:
        raise Refused(_("Publish at most half a year ahead."), "weeks")
    with refusing():
        days = [day + timedelta(weeks=week) for week in range(weeks + 1)]
        said = {"center": center, "teams": teams, "beds": beds, "starts": starts, "ends": ends}
        made = OpenDay.objects.bulk_create(
            OpenDay(day=one, published_at=now, published_by=by, **said) for one in days
        )
    return len(made)


def withdraw(*, day: OpenDay, now: datetime) -> None:
    """Nobody can take the day any more; what was taken stays."""
    if not OpenDay.objects.filter(pk=day.pk, withdrawn_at=None).update(withdrawn_at=now):
        raise Refused(_("This day has been withdrawn already."))


def coming(centers: QuerySet[Center], now: datetime) -> QuerySet[OpenDay]:
    rows = OpenDay.objects.filter(center__in=centers, withdrawn_at=None, day__gt=local_day(now))
    return rows.select_related("center")
