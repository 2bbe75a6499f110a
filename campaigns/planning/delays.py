"""The two delays, learnt by counts: from message to answer, and from answer to visit.

A prior curve stands for so many people, spread over its bins of hours as it says (a Dirichlet prior);
what happened is counted on top, and the curve that fits both best is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from campaigns.planner.response import ANSWER, VISIT, Beta, DelayCurve

Array = NDArray[np.float64]

# Ends of the bins, hours. The last bin has no end.
ANSWER_HOURS = (0.25, 0.75, 1.5, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0)
VISIT_HOURS = (12.0, 24.0, 48.0, 72.0, 96.0, 120.0, 168.0, 240.0)
# People a prior stands for. The survey asked 278, elsewhere and about other messages: a seventh.
WEIGHT = 40.0
# Fewer answers of a channel say nothing about that channel (ours).
ENOUGH = 30

QUICK_SHARES = np.linspace(0.05, 0.95, 19)
ANSWER_GRID = (np.geomspace(0.1, 6.0, 19), np.geomspace(6.0, 96.0, 17))
VISIT_GRID = (np.geomspace(2.0, 60.0, 19), np.geomspace(24.0, 240.0, 17))


def counted(hours: Sequence[float], ends: tuple[float, ...]) -> tuple[int, ...]:
    """How many of the delays fall into each bin."""
    found = np.bincount(np.searchsorted(ends, np.maximum(hours, 0.0)), minlength=len(ends) + 1)
    return tuple(int(n) for n in found)


def shares(curve: DelayCurve, ends: tuple[float, ...]) -> Array:
    """The curve's share of each bin; the last one is what comes later."""
    edges: Array = np.array([0.0, *(curve.share(end) for end in ends), 1.0])
    found: Array = edges[1:] - edges[:-1]
    return found


@dataclass(frozen=True)
class Bin:
    """``begins`` to ``ends`` in hours (None: no end); per cent by the prior and as learnt: mean and 90 % band of
    prior and ``count`` together. The fitted curve is another belief and may lie outside the band."""

    begins: float
    ends: float | None
    prior: float
    count: int
    learnt: float
    low: float
    high: float


@dataclass(frozen=True)
class Delay:
    """A prior curve and the counts of each bin."""

    name: str
    prior: DelayCurve
    ends: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def weights(self) -> Array:
        weights: Array = shares(self.prior, self.ends) * WEIGHT + np.array(self.counts, dtype=float)
        return weights

    @property
    def curve(self) -> DelayCurve:
        """The curve of the greatest likelihood; with nothing counted it is the prior itself."""
        if not self.total:
            return self.prior
        return _fitted(tuple(self.weights.round(3).tolist()), self.ends, self.prior)

    @property
    def bins(self) -> list[Bin]:
        weights = self.weights
        whole = float(weights.sum())
        before = shares(self.prior, self.ends)
        found = []
        for place, weight in enumerate(weights.tolist()):
            low, high = Beta(max(weight, 0.01), max(whole - weight, 0.01)).band()
            found.append(
                Bin(
                    self.ends[place - 1] if place else 0.0,
                    self.ends[place] if place < len(self.ends) else None,
                    float(before[place]) * 100,
                    self.counts[place],
                    weight / whole * 100,
                    low * 100,
                    high * 100,
                )
            )
        return found


@cache
def _grid(ends: tuple[float, ...], of_visits: bool) -> tuple[Array, Array]:
    """Every curve that is looked at, and its share of each bin."""
    quick, slow = VISIT_GRID if of_visits else ANSWER_GRID
    curves = np.array([(s, q, w) for s in QUICK_SHARES for q in quick for w in slow if q < w])
    table = np.array([shares(DelayCurve(*row), ends) for row in curves.tolist()])
    return curves, np.log(np.maximum(table, 1e-12))


@lru_cache(maxsize=64)
def _fitted(weights: tuple[float, ...], ends: tuple[float, ...], prior: DelayCurve) -> DelayCurve:
    curves, logs = _grid(ends, prior == VISIT)
    best = curves[int(np.argmax(logs @ np.array(weights)))]
    return DelayCurve(*(round(float(x), 3) for x in best))


def of_answers(hours: Sequence[float], name: str = "answer") -> Delay:
    return Delay(name, ANSWER, ANSWER_HOURS, counted(hours, ANSWER_HOURS))


def of_visits(hours: Sequence[float], name: str = "visit") -> Delay:
    return Delay(name, VISIT, VISIT_HOURS, counted(hours, VISIT_HOURS))
