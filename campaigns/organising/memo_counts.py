"""People and bags of a memo's campaigns by unit and day: true counts, not to be shown as they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Count, Q, QuerySet, Sum

from campaigns.models import Campaign, Memo
from centers.models import Bag, Donation, Session, Slot, Visit
from donors.clock.calendar import local_day

USED = (Bag.State.ISSUED, Bag.State.TRANSFUSED)
USABLE = (*USED, Bag.State.RELEASED, Bag.State.AVAILABLE, Bag.State.RESERVED, Bag.State.IN_TRANSIT)
# What a donation gives in usable bags where nothing was learnt yet; the planner begins with the same.
SHARE = 0.85

Place = TypeVar("Place")


@dataclass
class Counts:
    """By place, a unit's addressee and day or the unit alone."""

    visits: Counter[int] = field(default_factory=Counter)
    deferred: Counter[int] = field(default_factory=Counter)
    given: Counter[tuple[int, date]] = field(default_factory=Counter)
    usable: Counter[tuple[int, date]] = field(default_factory=Counter)
    issued: Counter[tuple[int, date]] = field(default_factory=Counter)
    expired: Counter[tuple[int, date]] = field(default_factory=Counter)
    forecast: Counter[date] = field(default_factory=Counter)
    """Bags in hundredths, by day."""


def of(memo: Memo) -> Counts:
    """Four queries over the sessions of the memo's campaigns, and one of the campaigns.

    A session shared by several campaigns counts for the first of them alone, so that sums are true.
    """
    made = Counts()
    campaigns = Campaign.objects.filter(addressee__memo=memo).order_by("pk")
    plans = list(campaigns.values_list("pk", "addressee", "state", "planned_on", "target"))
    addressee = {pk: row for pk, row, *_rest in plans}
    owner: dict[int, int] = {}
    sessions: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    held = Session.objects.filter(campaigns__in=campaigns.order_by())
    for session, campaign, starts in held.order_by("campaigns").values_list(
        "pk", "campaigns", "starts_at"
    ):
        if campaign in addressee:
            owner.setdefault(session, addressee[campaign])
            sessions[campaign].append((session, starts))
    keys = list(owner)
    _people(made, owner, keys)
    _bags(made, owner, keys)
    places = _summed(Slot.objects.filter(session__in=keys), "session", Sum("places"))
    for pk, _row, state, planned_on, target in plans:
        if state in Campaign.LIVING:
            _forecast(made, sessions[pk], places, planned_on, target)
    return made


def _people(made: Counts, owner: dict[int, int], keys: list[int]) -> None:
    visits = Visit.objects.filter(session__in=keys).order_by().values_list("session", "outcome")
    for session, outcome, count in visits.annotate(Count("pk")):
        made.visits[owner[session]] += count
        if outcome == Visit.Outcome.DEFERRED:
            made.deferred[owner[session]] += count


def _bags(made: Counts, owner: dict[int, int], keys: list[int]) -> None:
    given = Donation.objects.filter(session__in=keys).order_by()
    for session, day, count in given.values_list("session", "collected_on").annotate(Count("pk")):
        made.given[owner[session], day] += count
    bags = given.values_list("session", "collected_on").annotate(
        usable=Count("bags", filter=Q(bags__state__in=USABLE)),
        issued=Count("bags", filter=Q(bags__state__in=USED)),
        expired=Count("bags", filter=Q(bags__state=Bag.State.EXPIRED)),
    )
    for session, day, usable, issued, expired in bags:
        place = owner[session], day
        made.usable[place] += usable
        made.issued[place] += issued
        made.expired[place] += expired


def _summed(rows: QuerySet[Slot], by: str, what: Sum) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(what))


def _forecast(
    made: Counts,
    sessions: Iterable[tuple[int, datetime]],
    places: dict[int, int],
    planned_on: date,
    target: int,
) -> None:
    """The target, spread over the sessions' places and no more than those; before the centre agreed,
    all of it on the planned day."""
    held = [(local_day(starts), places.get(session, 0)) for session, starts in sessions]
    there = sum(count for _day, count in held)
    if not there:
        made.forecast[planned_on] += round(100 * SHARE * target)
        return
    for day, count in held:
        made.forecast[day] += round(100 * SHARE * min(target, there) * count / there)
