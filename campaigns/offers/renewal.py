"""Offers are computed for the units that owe an answer, and anew once one of them is gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from campaigns.models import Addressee, Memo, Offer, TeamDay
from donors.clock.calendar import local_day
from donors.models import Unit

from . import facts
from .choices import LEAD, Choice, World, choose

LASTS = timedelta(days=3)
ONE_AT_A_TIME = 7_316_402  # key of the advisory lock
MOST, HALF = 0.75, 0.4  # shares of a unit's people who may give, from which it is said


def owing() -> QuerySet[Unit]:
    """Units that owe an answer to a memo that asks for campaigns; exercises get no offers."""
    owed = Addressee.objects.open().filter(memo__kind=Memo.Kind.CAMPAIGN)
    return Unit.objects.open().filter(pk__in=owed.values("unit"))


def gone(now: datetime) -> Q:
    """Open offers that cannot be taken any more: expired, too near, or another took the team."""
    bound = TeamDay.objects.filter(
        released_at=None, center=OuterRef("center"), day=OuterRef("day"), team=OuterRef("team")
    )
    near = Q(day__lt=local_day(now) + timedelta(days=LEAD))
    return Q(expires_at__lte=now) | near | Q(Exists(bound))


@transaction.atomic
def renew(*, now: datetime, units: QuerySet[Unit] | None = None) -> int:
    """Offer three days to each unit that owes an answer and lacks valid offers; return the offers
    made. Offers to units that owe nothing any more end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    current = Offer.objects.filter(ended_at=None)
    if units is None:
        current.exclude(unit__in=owing()).update(ended_at=now)
    stale = current.filter(gone(now)).values("unit")
    wanted = owing() if units is None else owing().filter(pk__in=units)
    without = wanted.annotate(offered=Count("offers", filter=Q(offers__ended_at=None))).filter(
        Q(offered=0) | Q(pk__in=stale)
    )
    due = list(without.select_related("province").order_by("pk"))
    if not due:
        return 0
    current.filter(unit__in=due).update(ended_at=now)
    world = facts.world(now)
    bodies = facts.bodies(due, world.today)
    free = {body.id: body.free for body in bodies}
    rows = [_row(choice, free[choice.unit], world, now) for choice in choose(bodies, world)]
    return len(Offer.objects.bulk_create(rows, batch_size=2000))


def _row(choice: Choice, free: tuple[float, ...] | None, world: World, now: datetime) -> Offer:
    reasons = {
        "km": choice.km,
        "rested": _rested(free, choice.week),
        "missing": round(100 * world.missing[choice.week]),
        "evening": choice.evening,
        "published": choice.published,
    }
    return Offer(
        unit_id=choice.unit,
        center_id=choice.site,
        day=choice.day,
        team=choice.team,
        beds=choice.beds,
        expected=choice.expected,
        bags=choice.bags,
        reasons=reasons,
        made_at=now,
        expires_at=now + LASTS,
    )


def _rested(free: tuple[float, ...] | None, week: int) -> str:
    """How many of a unit's people may give, in a word: a number would point at those who may not."""
    if free is None:
        return ""
    return "most" if free[week] >= MOST else "half" if free[week] >= HALF else "few"


def current(*, unit: Unit, now: datetime) -> list[Offer]:
    """The unit's open offers, computed at once where it has none that it could take."""
    renew(now=now, units=Unit.objects.filter(pk=unit.pk))
    return list(unit.offers.open(now).select_related("center").order_by("day", "pk"))
