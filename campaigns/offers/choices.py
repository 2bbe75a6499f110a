"""Three concrete days for each unit, spread over twelve weeks; pure and deterministic.

One after the other each unit gets its best week, in three rounds. What a bag is worth falls with every
bag already expected at the same centre: in the same week, and within the shelf life once the centre
would hold more than it uses. So a wave of good will is not collected in one week.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import itemgetter

WEEKS = 12
CHOICES = 3
LEAD = 5  # days: less does not suffice to book a room and to tell the people
GAP = timedelta(days=14)  # between the days offered to one unit: nearer ones are no choice
SHARED = 3  # units that may be offered the same team on the same day; the first to take it gets it
SITES = 3  # nearest centres that are considered
NEAR_KM = 100  # a team does not travel further, unless no centre is nearer
EVENING = 0.8  # of the usual donors on an evening of Ramadan (our assumption)
RESTED_LITTLE = 0.3  # of the usual donors while the last campaign's donors rest (our assumption)
TROUGH = 2.0  # a week without any of the usual donations makes a bag worth this much more


@dataclass(frozen=True)
class OpenDay:
    """A day published by a centre: its teams for units, and beds of each."""

    teams: int
    beds: int


@dataclass(frozen=True)
class Site:
    """A centre: the weekdays (0 is Monday) on which it collects, with so many teams and beds a team.

    ``per_bed``: donors a bed and session. ``weekly_use``: bags. ``taken``: teams bound by day.
    """

    id: int
    latitude: float
    longitude: float
    weekdays: frozenset[int]
    teams: int
    beds: int
    per_bed: float
    weekly_use: float
    taken: Mapping[date, int] = field(default_factory=dict)
    open_days: Mapping[date, OpenDay] = field(default_factory=dict)

    def capacity(self, day: date) -> OpenDay:
        """The teams and beds of a day, published or usual; no teams on a day without collection."""
        usual = OpenDay(self.teams if day.weekday() in self.weekdays else 0, self.beds)
        return self.open_days.get(day, usual)


@dataclass(frozen=True)
class Body:
    """A unit. ``usual``: donors of a campaign with everybody rested. ``free``: the share of its people
    who may give, by week; None where fewer than five are known. ``rests_until``: after its last one."""

    id: int
    latitude: float
    longitude: float
    usual: float
    free: tuple[float, ...] | None = None
    rests_until: date | None = None


@dataclass(frozen=True)
class World:
    """What is the same for all. ``missing``: share of the usual donations missing, by week.
    ``loads``: bags agreed by centre and week. ``offered``: offers out by centre, day and team."""

    today: date
    usable: float
    shelf_weeks: int
    sites: tuple[Site, ...]
    missing: tuple[float, ...] = (0.0,) * WEEKS
    holidays: frozenset[date] = frozenset()
    evenings: frozenset[date] = frozenset()
    loads: Mapping[tuple[int, int], float] = field(default_factory=dict)
    offered: Mapping[tuple[int, date, int], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    unit: int
    site: int
    day: date
    team: int
    beds: int
    expected: int
    bags: float
    km: int
    week: int
    evening: bool
    published: bool


class _Book:
    """What is expected and offered so far; ``worth`` is kept per centre and week until it changes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.loads: defaultdict[tuple[int, int], float] = defaultdict(float, world.loads)
        self.offered: defaultdict[tuple[int, date, int], int] = defaultdict(int, world.offered)
        self.worths: dict[int, list[float]] = {}
        self.slots: dict[tuple[int, int], list[tuple[bool, date, int]]] = {}
        self.week_days = [self._days(week) for week in range(WEEKS)]

    def _days(self, week: int) -> list[date]:
        first = self.world.today + timedelta(weeks=week)
        days = [first + timedelta(days=n) for n in range(7)]
        earliest = self.world.today + timedelta(days=LEAD)
        return [day for day in days if day >= earliest and day not in self.world.holidays]

    def worth(self, site: Site) -> list[float]:
        """Value of one more bag at a centre, by week."""
        if site.id not in self.worths:
            loads = [self.loads[site.id, week] for week in range(WEEKS)]
            span, use = self.world.shelf_weeks, max(site.weekly_use, 1.0)
            found = []
            for week in range(WEEKS):
                held = sum(loads[max(0, week - span + 1) : week + 1]) / (use * span)
                scarce = 1 + TROUGH * self.world.missing[week]
                found.append(scarce / (1 + loads[week] / use) * max(0.1, 1 - max(0.0, held - 1)))
            self.worths[site.id] = found
        return self.worths[site.id]

    def add(self, site: Site, choice: Choice) -> None:
        self.offered[site.id, choice.day, choice.team] += 1
        self.loads[site.id, choice.week] += choice.bags / CHOICES  # one of three is taken at most
        self.worths.pop(site.id, None)
        if self.offered[site.id, choice.day, choice.team] >= SHARED:
            left = self.slots[site.id, choice.week]
            left.remove((choice.day not in site.open_days, choice.day, choice.team))

    def _slots(self, site: Site, week: int) -> list[tuple[bool, date, int]]:
        """(not published, day, team) of a week that may still be offered; kept, and emptied by ``add``."""
        key = site.id, week
        if key not in self.slots:
            self.slots[key] = [
                (day not in site.open_days, day, team)
                for day in self.week_days[week]
                for team in range(site.taken.get(day, 0) + 1, site.capacity(day).teams + 1)
                if self.offered[site.id, day, team] < SHARED
            ]
        return self.slots[key]

    def place(self, site: Site, week: int, used: set[date]) -> tuple[date, int] | None:
        """The day and team of a week with the fewest other units; published days first."""
        best: tuple[bool, int, date, int] | None = None
        for usual, day, team in self._slots(site, week):
            key = (usual, self.offered[site.id, day, team], day, team)
            if (best is None or key < best) and all(abs(day - other) >= GAP for other in used):
                best = key
        return best and best[2:]


def nearest(body: Body, sites: Iterable[Site]) -> list[tuple[int, Site]]:
    """The nearest centres with their kilometres; the nearest one however far it is."""
    away = sorted((round(_km(body, site)), site.id, site) for site in sites)
    near = [(km, site) for km, _id, site in away[:SITES] if km <= NEAR_KM]
    return near or [(km, site) for km, _id, site in away[:1]]


def _km(one: Body, other: Site) -> float:
    north = one.latitude - other.latitude
    east = (one.longitude - other.longitude) * 0.85  # as campaigns.agenda.distances
    return 111 * math.hypot(north, east)


def expected(body: Body, week: int, today: date) -> float:
    """Donors expected of a unit in a week."""
    share = body.free[week] if body.free is not None else 1.0
    middle = today + timedelta(weeks=week, days=3)
    if body.free is None and body.rests_until and middle < body.rests_until:
        share = RESTED_LITTLE
    return body.usual * share


def choose(bodies: Iterable[Body], world: World) -> list[Choice]:
    """Up to three choices a unit, two weeks apart at least; the largest units choose first."""
    book = _Book(world)
    order = sorted(bodies, key=lambda body: (-body.usual, body.id))
    near = {body.id: nearest(body, world.sites) for body in order}
    people = {
        body.id: [expected(body, week, world.today) for week in range(WEEKS)] for body in order
    }
    days: dict[int, set[date]] = {body.id: set() for body in order}
    found = []
    for _round in range(CHOICES):
        for body in order:
            choice = _best(body, people[body.id], near[body.id], days[body.id], book)
            if choice:
                found.append(choice)
                days[body.id].add(choice.day)
    return sorted(found, key=lambda one: (one.unit, one.day))


def _best(
    body: Body,
    people: list[float],
    near: list[tuple[int, Site]],
    days: set[date],
    book: _Book,
) -> Choice | None:
    world, options = book.world, []
    for km, site in near:
        worth = book.worth(site)
        room = site.beds * site.per_bed
        far = 1 + km / NEAR_KM
        options += [
            (-min(people[week], room) * worth[week] / far, week, km, site.id, site)
            for week in range(WEEKS)
        ]
    for _value, week, km, _id, site in sorted(options, key=itemgetter(0, 1, 2, 3)):
        found = book.place(site, week, days)
        if found:
            choice = _choice(body, site, week, people[week], km, found, world)
            book.add(site, choice)
            return choice
    return None


def _choice(
    body: Body,
    site: Site,
    week: int,
    people: float,
    km: int,
    found: tuple[date, int],
    world: World,
) -> Choice:
    day, team = found
    evening = day in world.evenings
    most = site.capacity(day).beds
    donors = people * (EVENING if evening else 1.0)
    beds = min(max(1, math.ceil(donors / site.per_bed)), most)
    donors = max(1, round(min(donors, beds * site.per_bed)))
    return Choice(
        unit=body.id,
        site=site.id,
        day=day,
        team=team,
        beds=beds,
        expected=donors,
        bags=round(donors * world.usable, 1),
        km=km,
        week=week,
        evening=evening,
        published=day in site.open_days,
    )
