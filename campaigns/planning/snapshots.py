"""One reading of the country for the planner."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from campaigns.planner import Center as Shelf
from campaigns.planner import Policy, Snapshot
from centers.models import Center
from donors.clock.calendar import local_day, midnight
from donors.reference import group_frequencies

from . import needs, people, places
from .rates import Rates


@transaction.atomic
def read(*, rates: Rates, policy: Policy, now: datetime) -> Snapshot:
    sessions = places.upcoming(now)
    found = places.read(sessions=sessions, now=now)
    wanted = needs.read(now=now, policy=policy, collecting={place.center for place in found})
    with_needs = {need.center for need in wanted} | {place.center for place in found}
    rows = Center.objects.filter(code__in=with_needs).order_by("code")
    names = {place.id for place in found}
    return Snapshot(
        centers=tuple(Shelf(c.code, c.latitude, c.longitude) for c in rows),
        needs=wanted,
        sessions=found,
        cohorts=people.cohorts(rates=rates),
        reach=places.reach(sessions=sessions),
        appointments=places.promises(sessions=sessions, rates=rates, now=now),
        invitations=people.invitations(sessions=names, now=now),
        undetermined=needs.undetermined(now=now, policy=policy),
        fits=needs.fits(),
        quiet=quiet(now),
        frequencies={group: float(share) / 100 for group, share in group_frequencies().items()},
        response=rates.response,
    )


def quiet(now: datetime) -> tuple[tuple[float, float], ...]:
    """The general quiet hours of the coming days, as hours from now; a night over now included."""
    begins, ends = settings.QUIET_HOURS
    found = []
    for ahead in range(-1, 4):
        evening = midnight(local_day(now) + timedelta(days=ahead)) + timedelta(hours=begins)
        until = midnight(local_day(now) + timedelta(days=ahead + (begins > ends)))
        until += timedelta(hours=ends)
        if until > now:
            hour = timedelta(hours=1)
            found.append((round((evening - now) / hour, 2), round((until - now) / hour, 2)))
    return tuple(found)
