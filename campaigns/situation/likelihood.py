"""How likely the open needs are covered, by the last plan's forecasts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.models import Plan

from .scopes import Key

WITHIN = 72.0  # hours that the pages look ahead


@dataclass(frozen=True)
class Point:
    """One need at one moment: bags expected on the shelf beyond use, a 90 % band, chance of no lack."""

    key: Key
    at: datetime
    hours: float
    expected: float
    low: float
    high: float
    probability: float


def points(plan: Plan | None) -> Iterator[Point]:
    if plan is None:
        return
    for center, family, group, hours, *figures in plan.forecasts:
        at = plan.made_at + timedelta(hours=hours)
        yield Point((center, family, group), at, hours, *figures)


@dataclass(frozen=True)
class Likely:
    """``share`` in per cent of the ``known`` needs expected to be covered until ``until``; of
    ``unknown`` the plan has no forecast, because their figures are old."""

    share: int
    until: datetime
    known: int
    unknown: int


def likely(plan: Plan | None, needs: Iterable[Key], *, within: float = WITHIN) -> Likely | None:
    """The mean over needs of the chance that nothing lacks at any checkpoint; None without a forecast.

    A need counts nothing where the plan itself expects bags of use or floor to stay missing.
    """
    wanted = set(needs)
    worst: dict[Key, float] = {}
    until: datetime | None = None
    for point in points(plan):
        if point.key in wanted and point.hours <= within:
            worst[point.key] = min(worst.get(point.key, 1.0), point.probability)
            until = max(until or point.at, point.at)
    if plan is None or until is None:
        return None
    for center, family, group, hours, _bags in plan.uncovered:
        if (center, family, group) in worst and hours <= within:
            worst[center, family, group] = 0.0
    share = round(100 * sum(worst.values()) / len(worst))
    return Likely(share, until, len(worst), len(wanted) - len(worst))
