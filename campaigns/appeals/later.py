"""Keep me for later: the weeks in which a gift is worth most, and the wishes to be asked then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from campaigns.account import own_record
from campaigns.agenda.nearby import Near
from campaigns.messaging.allowance import may_be_asked_from
from campaigns.models import Appeal, Wish
from campaigns.operations.trough import WEEKS, trough
from centers.models import Slot
from centers.sessions import advice
from donors.clock.calendar import local_day, midnight
from donors.errors import Refused
from donors.models import Donor

OFFERED = 3
# The trough is counted over the whole country; many people open their link within minutes.
COUNTED_FOR = 600


@dataclass(frozen=True)
class Week:
    """``worth`` orders weeks: the donations missing, or the share of places still free."""

    begins: date
    worth: float

    @property
    def last(self) -> date:
        return self.begins + Wish.WEEK - timedelta(days=1)


def _worths(near: Iterable[Near], now: datetime) -> dict[date, float]:
    """The worth of each of the coming weeks: by the trough of a running operation, else by the free
    share of the places near the person; -1 where no session is planned yet."""
    found = cache.get_or_set("trough", lambda: trough(now=now) or "", COUNTED_FOR)
    today = local_day(now)
    weeks = [today + timedelta(weeks=number) for number in range(WEEKS)]
    if found and found.first:
        missing = {week.begins: float(week.missing or 0) for week in found.weeks}
        if missing.keys() & set(weeks):
            return {week: missing.get(week, 0.0) for week in weeks}
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    rows = Slot.objects.filter(
        session__in=[one.session.pk for one in near], starts_at__gt=now
    ).values_list("session__starts_at")
    for at, places, taken in rows.annotate(places=Sum("places"), taken=Sum("taken")).order_by():
        week = today + timedelta(weeks=(local_day(at) - today).days // 7)
        sums[week][0] += places
        sums[week][1] += taken
    return {week: 1 - sums[week][1] / sums[week][0] if sums[week][0] else -1.0 for week in weeks}


def weeks(*, donor: Donor, near: Iterable[Near], now: datetime) -> list[Week]:
    """Up to three weeks to offer, the most useful ones of those in which the person may give and may
    be asked again, in the order of the calendar. None where a doctor has to decide first."""
    first = advice.on(donor=donor, day=local_day(now), now=now).first
    if first is None:
        return []
    first = max(first, _may_be_asked_on(donor, now))
    ranked = [Week(week, worth) for week, worth in _worths(near, now).items() if week >= first]
    ranked.sort(key=lambda week: (-week.worth, week.begins))
    return sorted(ranked[:OFFERED], key=lambda week: week.begins)


def _may_be_asked_on(donor: Donor, now: datetime) -> date:
    """The day from which the allowance lets the person be asked again."""
    free = may_be_asked_from(donor, now)
    if free <= now:
        return local_day(now)
    # A week that begins in the middle of the resting day would begin unkept.
    return local_day(free) + timedelta(days=free > midnight(local_day(free)))


@transaction.atomic
def keep(
    *, donor: Donor, appeal: Appeal, week: date, offered: Iterable[Week], now: datetime
) -> Wish:
    """Ask the person again in that week, and not before; an earlier wish ends.

    Raises ``Refused`` for a week that was not offered, such as one on an old page.
    """
    if week not in {one.begins for one in offered}:
        raise Refused(_("This week is no longer offered. Choose another one."))
    person = Donor.objects.select_for_update(of=("self",)).get(pk=donor.person.pk)
    own_record.unkeep(donor=person, now=now)
    return Wish.objects.create(donor=person, appeal=appeal, from_on=week, made_at=now)
