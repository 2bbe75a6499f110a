"""Units that are thanked: by the share of their people who gave, and by regular campaigns.

A band names units in the order of the alphabet and shows no figure of any of them. A unit outside
the bands is named nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef

from campaigns.models import Campaign
from centers.models import Donation
from donors import alphabet
from donors.clock.calendar import local_day
from donors.models import Membership, Unit
from donors.people.privacy import LEAST

SHARES = (20, 10, 5)  # per cent of the people of a unit, from the highest band
LEAST_PEOPLE = 20  # of a unit: in a smaller one a share points at persons
LEAST_UNITS = 3  # of a band: a smaller one joins the band below it
YEAR = timedelta(days=365)
HALVES = 4  # half-years that are looked at


@dataclass(frozen=True)
class Band:
    """``least``: per cent of a unit's people, or half-years with a campaign."""

    least: int
    units: list[Unit]


def by_share(now: datetime) -> list[Band]:
    """Bands by the share of a unit's people who gave in the last twelve months, anywhere."""
    today = local_day(now)
    members = Membership.objects.active(today).order_by()
    given = Donation.objects.filter(donor=OuterRef("donor"), collected_on__gt=today - YEAR)
    people = dict(members.values_list("unit").annotate(count=Count("donor")))
    gave = dict(members.filter(Exists(given)).values_list("unit").annotate(count=Count("donor")))
    reached: dict[int, int] = {}
    for unit, count in gave.items():
        if people[unit] >= LEAST_PEOPLE and min(count, people[unit] - count) >= LEAST:
            share = 100 * count / people[unit]
            band = next((least for least in SHARES if share >= least), None)
            if band:
                reached[unit] = band
    return _bands(reached, SHARES)


def by_regularity(now: datetime) -> list[Band]:
    """Bands by half-years, of the last four, in which a campaign of the unit brought donations."""
    today = local_day(now)
    over = Campaign.objects.filter(
        state=Campaign.State.CLOSED, planned_on__gt=today - HALVES * YEAR / 2
    )
    held = over.annotate(given=Count("sessions__donations")).filter(given__gte=LEAST)
    halves: dict[int, set[int]] = defaultdict(set)
    for unit, day in held.values_list("unit", "planned_on"):
        halves[unit].add(_half(day, today))
    steps = (HALVES, 2, 1)
    reached = {
        unit: next(least for least in steps if len(found) >= least)
        for unit, found in halves.items()
    }
    return _bands(reached, steps)


def _half(day: date, today: date) -> int:
    return min(int((today - day) / (YEAR / 2)), HALVES - 1)


def _bands(reached: dict[int, int], steps: Iterable[int]) -> list[Band]:
    """From the highest; a band of too few units joins the one below, and the last is left out."""
    units = {unit.pk: unit for unit in Unit.objects.open().filter(pk__in=reached)}
    made, carried = [], []
    for least in steps:
        carried += [units[pk] for pk, band in reached.items() if band == least and pk in units]
        if len(carried) >= LEAST_UNITS:
            made.append(Band(least, sorted(carried, key=lambda unit: alphabet.key(unit.name))))
            carried = []
    return made
