"""Is blood needed near me? Stock and open appeals as the public reads them, with their age."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.agenda.distances import kilometres
from campaigns.models import Appeal
from centers.inventory import stock_levels
from centers.inventory.stock_levels import Level, Use
from centers.models import Center
from centers.models.component import Family
from donors import alphabet
from donors.models import BloodGroup, Province

GROUPS = BloodGroup.values
# How far people travel to give; appeals from further away are shown as distant.
REACH_KM = 100
# Days of cover: an alarm under two, the aim is a week.
ALARM_DAYS, AIM_DAYS = 2, 7


@dataclass(frozen=True)
class Call:
    """Open appeals of one centre, one per group."""

    center: Center
    appeals: list[Appeal]

    @property
    def groups(self) -> list[str]:
        return [appeal.blood_group for appeal in self.appeals]


@dataclass(frozen=True)
class Shown:
    """A level as the public reads it: an open appeal first, then the days of cover. A floor is the
    staff's: a group with two weeks in stock is not "needed", though its centre keeps more."""

    level: Level
    called: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.level, name)

    @property
    def state(self) -> str:
        """``bad`` where blood is needed, ``warn`` under the aim, else ``good``; ``quiet`` where none
        is used."""
        cover = self.level.cover
        if self.called or cover is not None and cover < ALARM_DAYS:
            return "bad"
        if cover is None:
            floor = self.level.floor
            return "bad" if floor and floor.total and not self.level.available else "quiet"
        return "warn" if cover < AIM_DAYS else "good"


@dataclass(frozen=True)
class Need:
    """``center`` is None where the figures are the whole country's; ``far`` are appeals out of
    reach."""

    center: Center | None
    levels: list[Shown]
    calls: list[Call]
    far: list[Call]

    @property
    def short(self) -> list[str]:
        return [level.blood_group for level in self.levels if level.state == "bad"]

    @property
    def low(self) -> list[str]:
        return [level.blood_group for level in self.levels if level.state == "warn"]

    @property
    def wanted(self) -> bool:
        return bool(self.calls or self.short or self.low)

    @property
    def as_of(self) -> datetime | None:
        """The age of the oldest figure used in the answer."""
        return min((level.as_of for level in self.levels if level.as_of), default=None)


def near(province: Province | None, now: datetime) -> Need:
    """The stock of the nearest centre that has blood, or of the country; nearest appeals first."""
    calls = _calls(now)
    if province is None:
        return Need(None, national(now), calls, [])
    calls.sort(key=lambda call: kilometres(province, call.center))
    reached = [call for call in calls if kilometres(province, call.center) <= REACH_KM]
    far = calls[len(reached) :]
    shelves = _shelves(now, None, calls)
    if not shelves:
        return Need(None, [], reached, far)
    center = min(shelves, key=lambda c: (kilometres(province, c), c.code))
    return Need(center, shelves[center], reached, far)


def at(center: Center, now: datetime) -> Need:
    """One centre's own stock and appeals."""
    calls = [call for call in _calls(now) if call.center == center]
    levels = _in_order(stock_levels.levels(now=now, center=center), calls)
    return Need(center, levels, calls, [])


def national(now: datetime, use: Use | None = None) -> list[Shown]:
    return _in_order(stock_levels.national(now=now, use=use))


def by_center(now: datetime, use: Use | None = None) -> dict[Center, list[Shown]]:
    """Each centre that stocks red cells, with its groups."""
    return _shelves(now, use, _calls(now))


def _shelves(now: datetime, use: Use | None, calls: list[Call]) -> dict[Center, list[Shown]]:
    shelves: dict[Center, list[Shown]] = defaultdict(list)
    for shown in _in_order(stock_levels.levels(now=now, use=use), calls):
        if shown.level.center:
            shelves[shown.level.center].append(shown)
    return dict(sorted(shelves.items(), key=lambda shelf: alphabet.key(shelf[0].name)))


def short_of(group: str, now: datetime) -> set[Center]:
    """Centres whose cover of a group is low, or that have an open appeal for it."""
    calls = _calls(now)
    low = {
        center
        for center, levels in _shelves(now, None, calls).items()
        if any(one.blood_group == group and one.state in ("bad", "warn") for one in levels)
    }
    return low | {call.center for call in calls if group in call.groups}


def _in_order(levels: list[Level], calls: Iterable[Call] = ()) -> list[Shown]:
    """O first, the usual order in transfusion."""
    called = {
        (call.center, appeal.blood_group)
        for call in calls
        for appeal in call.appeals
        if appeal.component.family == Family.RED_CELLS
    }
    shown = [Shown(level, (level.center, level.blood_group) in called) for level in levels]
    return sorted(shown, key=lambda one: GROUPS.index(one.blood_group))


@dataclass(frozen=True)
class Row:
    """One centre's line in the table; ``as_of`` is its oldest figure's age."""

    center: Center
    levels: list[Shown | None]

    @property
    def cells(self) -> list[tuple[str, Shown | None]]:
        return list(zip(GROUPS, self.levels, strict=True))

    @property
    def as_of(self) -> datetime | None:
        ages = [level.as_of for level in self.levels if level]
        return min((age for age in ages if age), default=None)


def table(now: datetime, use: Use | None = None) -> list[Row]:
    return [
        Row(center, [by_group.get(group) for group in GROUPS])
        for center, levels in by_center(now, use).items()
        for by_group in [{level.blood_group: level for level in levels}]
    ]


def _calls(now: datetime) -> list[Call]:
    rows = Appeal.objects.filter(state__in=Appeal.PUBLIC, expires_at__gt=now)
    together: dict[Center, list[Appeal]] = defaultdict(list)
    for appeal in rows.select_related("center", "component").order_by(
        "center__code", "blood_group"
    ):
        together[appeal.center].append(appeal)
    return [Call(center, appeals) for center, appeals in together.items()]
