"""Shelves whose cover is forecast to fall under four days within 72 hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Plan
from campaigns.planner import Need
from centers.models import Center, Family

from .likelihood import WITHIN, points
from .scopes import Key, Scope

# After NHSBT's amber alert, as ``stock_levels.Level.state``.
LEAST_DAYS = 4.0
# Where less than a bag is used in those days, an empty shelf alone is no warning.
SURE = 0.95
SHOWN = 12


@dataclass(frozen=True)
class Warning:
    """``days`` of cover at the first moment it is under four, from the mean of the forecast."""

    center: Center
    family: str
    group: str
    at: datetime
    days: float
    low: float
    expected: float
    high: float
    probability: float

    @property
    def label(self) -> str:
        return str(Family(self.family).label)


def warnings(*, plan: Plan | None, needs: Iterable[Need], scope: Scope) -> list[Warning]:
    """The least cover first; what the plan itself will bring is counted in."""
    use = {(need.center, need.component, need.group): need.daily for need in needs}
    first: dict[Key, Warning] = {}
    for point in points(plan):
        a_day = use.get(point.key, 0.0)
        known = first.get(point.key)
        rarely = a_day * LEAST_DAYS < 1 and point.probability >= SURE
        if point.hours > WITHIN or not a_day or rarely or (known and known.at <= point.at):
            continue
        code, family, group = point.key
        days = max(point.expected, 0.0) / a_day
        if scope.holds(code) and days < LEAST_DAYS:
            first[point.key] = Warning(
                scope.centers[code],
                family,
                group,
                point.at,
                days,
                max(point.low, 0.0),
                max(point.expected, 0.0),
                max(point.high, 0.0),
                point.probability,
            )
    return sorted(first.values(), key=lambda one: (one.days, one.center.code, one.group))
