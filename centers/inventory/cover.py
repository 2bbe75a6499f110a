"""Days of cover: the bags of a family that are available, by those expected to be used a day.

One definition for every page, for warnings, for transfers and for the planner. The use of a day is
the mean of the issues of the last ``HISTORY`` whole days, and, over the next ``AHEAD`` days, what a
room above expects besides (the patients of an operation). Bags of several components of one family
serve the same need, so cover is of the family.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from . import demand

HISTORY = 90  # days of issues
AHEAD = 12  # days of use to come

Key = tuple[int, str, str]  # centre, family, group


class Extra(Protocol):
    """Bags of each of so many coming days beyond the usual."""

    def __call__(self, *, now: datetime, days: int) -> Mapping[Key, Sequence[float]]: ...


_expected: list[Extra] = []


def expect(source: Extra) -> None:
    """Called once by a room above when the program starts."""
    _expected.append(source)


def extra(*, now: datetime) -> dict[Key, list[float]]:
    total: dict[Key, list[float]] = defaultdict(lambda: [0.0] * AHEAD)
    for source in _expected:
        for key, days in source(now=now, days=AHEAD).items():
            total[key] = [a + b for a, b in zip(total[key], days, strict=True)]
    return dict(total)


def daily(*, now: datetime) -> dict[Key, float]:
    """Expected use a day; what is not used has no entry."""
    usual = demand.daily(days=HISTORY, now=now)
    found = {key: sum(days) / len(days) for key, days in usual.items() if key[2]}
    for key, days in extra(now=now).items():
        if sum(days):
            found[key] = found.get(key, 0.0) + mean(days)
    return found


def mean(days: Iterable[float]) -> float:
    """Of the use of each coming day."""
    rows = list(days)
    return sum(rows) / len(rows) if rows else 0.0


def days(bags: float, daily: float) -> float | None:
    """None where nothing is used: cover would be without end."""
    return bags / daily if daily > 0 else None
