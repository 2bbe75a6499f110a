"""What the page of one operation shows, read together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.models import Estimate, Operation
from campaigns.organising import memo_results
from centers.models import Family
from donors.models import User

from . import estimates, log, operations, orders, reserves, trough

LEVELS = ("low", "value", "high")


@dataclass(frozen=True)
class Bar:
    """One need in a picture; positions in per cent of its component's highest figure."""

    need: estimates.Need
    top: float

    @property
    def value(self) -> int:
        return self._at(self.need.value)

    @property
    def low(self) -> int:
        return self._at(self.need.low)

    @property
    def band(self) -> int:
        return max(1, self._at(self.need.high) - self.low)

    def _at(self, bags: float) -> int:
        return round(100 * bags / self.top) if self.top else 0


@dataclass(frozen=True)
class Picture:
    label: str
    low: int
    value: int
    high: int
    bars: list[Bar]


def pictures(estimate: Estimate) -> list[Picture]:
    """A table with bars for each component, with its sum."""
    made = []
    every = estimates.need(estimate)
    for family in estimates.FAMILIES:
        rows = [need for need in every if need.family == family]
        low, value, high = (round(sum(getattr(row, level) for row in rows)) for level in LEVELS)
        top = max(row.high for row in rows)
        label = str(Family(family).label)
        bars = [Bar(row, top) for row in rows]
        made.append(Picture(label, low, value, high, bars))
    return made


def days(estimate: Estimate) -> list[tuple[int, float]]:
    """The share in per cent used on each of the first days."""
    return [
        (day, round(100 * estimates.used_between(estimate.curve, 24 * (day - 1), 24 * day), 1))
        for day in range(1, estimates.DAYS + 1)
    ]


def of(operation: Operation, *, reader: User, now: datetime) -> dict[str, Any]:
    last = operation.estimates.select_related("by").last()
    waiting = orders.to_confirm(operation=operation, now=now)
    order = orders.current(operation=operation, now=now)
    issued = operation.memos.select_related("issuer")
    return {
        "operation": operation,
        "current": operation.current,
        "next_phases": [
            (phase.value, phase.label)
            for phase in operations.NEXT.get(Operation.Phase(operation.phase), [])
        ],
        "estimate": last,
        "pictures": pictures(last) if last else [],
        "reserves": reserves.beside_floors(last, now=now) if last and in_need(operation) else [],
        "order_text": log.in_words(order) if order else "",
        "order_waits": waiting,
        "waiting_text": log.in_words(waiting) if waiting else "",
        "may_confirm": waiting is not None and waiting.by_id != reader.pk,
        "usual_order": orders.usual(),
        "trough": trough.trough(now=now, operation=operation),
        "memos": [(memo, memo_results.of(memo).total) for memo in issued],
        "appeals": operations.appeals(operation),
        "states": operations.states(operation),
        "log": log.entries(operation),
    }


def in_need(operation: Operation) -> bool:
    return operation.phase in (Operation.Phase.ALERT, Operation.Phase.RESPONSE)
