"""Level, floor and reserve, cover and promise of each group, and of each centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from campaigns.planner import GROUPS, Need
from campaigns.planning.needs import FAMILIES
from centers.inventory import cover
from centers.models import Family


@dataclass
class Bar:
    """One group of a component family in the scope, in bags; ``use`` is a day's."""

    group: str
    level: float = 0.0
    floor: float = 0.0
    reserve: float = 0.0
    way: float = 0.0
    use: float = 0.0
    promise: float = 0.0
    top: float = 1.0

    @property
    def cover(self) -> float | None:
        """Days of expected use on the shelf; None where nothing is used."""
        return cover.days(self.level, self.use)

    @property
    def wanted(self) -> float:
        return self.floor + self.reserve

    @property
    def tone(self) -> str:
        if self.level < self.floor:
            return "bad"
        return "warn" if self.level < self.wanted else "good"

    @property
    def until_promise(self) -> float:
        return self.level + self.promise


@dataclass(frozen=True)
class Shelf:
    family: str
    bars: list[Bar]

    @property
    def label(self) -> str:
        return str(Family(self.family).label)


def shelves(needs: Iterable[Need], expected: dict[tuple[str, str], float]) -> list[Shelf]:
    """A shelf for each family that anybody keeps, uses or wants. A whole-blood donation gives one
    bag to each family, so the promise is the same for each."""
    found: dict[str, dict[str, Bar]] = {
        family: {group: Bar(group) for group in GROUPS} for family in FAMILIES
    }
    for need in needs:
        bars = found.get(need.component)
        if bars is None:
            continue
        bar = bars[need.group]
        bar.level += need.available
        bar.floor += need.floor
        bar.reserve += need.reserve
        bar.use += need.daily
        bar.way += sum(lot.bags * lot.chance for lot in need.quarantined)
        bar.way += sum(load.bags for load in need.in_transit)
    promised: dict[str, float] = defaultdict(float)
    for (_center, group), bags in expected.items():
        promised[group] += bags
    shown = []
    for family, bars in found.items():
        rows = list(bars.values())
        if not any(bar.level or bar.wanted or bar.use for bar in rows):
            continue
        for bar in rows:
            bar.promise = promised[bar.group]
        top = max(max(bar.until_promise, bar.wanted) for bar in rows) or 1.0
        for bar in rows:
            bar.top = top
        shown.append(Shelf(family, rows))
    return shown
