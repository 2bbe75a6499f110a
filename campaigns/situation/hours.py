"""What is on the way in the next 72 hours: answers, people and bags, each with its 90 % band."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaigns.planner import Need, Policy

from .promises import SOON, Promises, Silent

HOUR = timedelta(hours=1)
EVERY = 3  # hours between two figures
TALL, WIDE = 100, 240  # of a picture
BAND = 1.645  # of the middle 90 % of a normal distribution


@dataclass
class Figure:
    """Mean and variance of a count; ``unsure`` is the part of the mean that hangs on one response
    rate, which is known only to ``uncertainty`` of itself."""

    mean: float = 0.0
    variance: float = 0.0
    unsure: float = 0.0
    uncertainty: float = 0.0

    def add(self, people: float, chance: float, *, hangs: bool = False) -> None:
        """So many independent ones; an expectation itself (``hangs``) varies as a Poisson."""
        mean = people * chance
        self.mean += mean
        self.variance += mean if hangs else mean * (1 - chance)
        self.unsure += mean if hangs else 0.0

    @property
    def spread(self) -> float:
        return BAND * math.sqrt(self.variance + (self.uncertainty * self.unsure) ** 2)

    @property
    def low(self) -> float:
        return max(self.mean - self.spread, 0.0)

    @property
    def high(self) -> float:
        return self.mean + self.spread


@dataclass
class Step:
    """Everything expected from now until ``at``."""

    at: datetime
    yeses: Figure
    people: Figure
    bags: Figure


@dataclass(frozen=True)
class Curve:
    """One picture: the mean as a line, the band as an area, from now to the last step."""

    name: str
    figures: list[Figure] = field(default_factory=list)

    @property
    def top(self) -> float:
        return max((one.high for one in self.figures), default=0.0) or 1.0

    @property
    def last(self) -> Figure:
        return self.figures[-1]

    def _points(self, values: Iterable[float]) -> list[str]:
        across = WIDE / max(len(self.figures) - 1, 1)
        return [
            f"{round(n * across, 1):g},{round(TALL - TALL * value / self.top, 1):g}"
            for n, value in enumerate(values)
        ]

    @property
    def line(self) -> str:
        return " ".join(self._points(one.mean for one in self.figures))

    @property
    def area(self) -> str:
        upper = self._points(one.high for one in self.figures)
        lower = self._points(one.low for one in self.figures)
        return " ".join([*upper, *reversed(lower)])


def steps(
    *, promises: Promises, needs: Iterable[Need], policy: Policy, now: datetime
) -> list[Step]:
    """From this hour on every three hours to three days ahead."""
    needs, began = list(needs), now.replace(minute=0, second=0, microsecond=0)
    moments = [began + n * EVERY * HOUR for n in range(int(SOON / HOUR) // EVERY + 1)]
    return [_step(at, promises, needs, policy, now) for at in moments]


def _step(
    at: datetime, promises: Promises, needs: list[Need], policy: Policy, now: datetime
) -> Step:
    rates, ahead = promises.rates, (at - now) / HOUR
    unsure = rates.response.uncertainty
    step = Step(at, *(Figure(uncertainty=unsure) for _name in ("yeses", "people", "bags")))
    tested = at - policy.release["red_cells"] * HOUR
    for one in promises.booked:
        if one.at <= at:
            step.people.add(one.people, one.show)
        if one.at <= tested:
            step.bags.add(one.people, one.show * rates.usable)
    for asked in promises.silent:
        step.yeses.add(_yeses(asked, at, now), 1.0, hangs=True)
        step.people.add(_come(asked, at, now), rates.show.value, hangs=True)
        chance = rates.show.value * rates.usable
        step.bags.add(_come(asked, tested, now), chance, hangs=True)
    for need in needs:
        for lot in need.quarantined:
            if lot.hours <= ahead:
                step.bags.add(lot.bags, lot.chance)
        for load in need.in_transit:
            if load.hours <= ahead:
                step.bags.add(load.bags, 1.0)
    return step


def _yeses(one: Silent, at: datetime, now: datetime) -> float:
    """Until ``at``, and of use while the session lasts."""
    return one.yeses(max((min(at, one.session.ends_at) - now) / HOUR, 0.0))


def _come(one: Silent, at: datetime, now: datetime) -> float:
    """Of those who say yes, how many are expected at the session by then; arrivals are spread
    evenly over the hours it still lasts."""
    begins = max(one.session.starts_at, now)
    if at <= begins:
        return 0.0
    whole = max(one.session.ends_at - begins, HOUR)
    return _yeses(one, at, now) * min((at - begins) / whole, 1.0)


def curves(found: list[Step], names: tuple[str, str, str]) -> list[Curve]:
    """Answers, people and bags, in this order."""
    parts: tuple[Callable[[Step], Figure], ...] = (
        lambda step: step.yeses,
        lambda step: step.people,
        lambda step: step.bags,
    )
    return [
        Curve(name, [part(step) for step in found]) for name, part in zip(names, parts, strict=True)
    ]
