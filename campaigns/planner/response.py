"""How people answer: two delays, and the rates that are learnt.

From message to **answer** and from answer to **visit** are two curves. Rates are Beta beliefs,
factors of them Gamma beliefs; each starts from a published value and is updated from counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Grid = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class DelayCurve:
    """Share of those who will act that has acted by then: a quick part and a slow one.

    Each part halves what is left of it every so many hours.
    """

    quick_share: float
    quick_half_life: float
    slow_half_life: float

    def share(self, hours: float) -> float:
        """Share that has acted ``hours`` after the start, 0 to 1."""
        if hours <= 0:
            return 0.0
        quick = 1 - 2 ** (-hours / self.quick_half_life)
        slow = 1 - 2 ** (-hours / self.slow_half_life)
        return self.quick_share * quick + (1 - self.quick_share) * slow

    def slowed(self, times: float) -> DelayCurve:
        return DelayCurve(
            self.quick_share, self.quick_half_life * times, self.slow_half_life * times
        )


# 60 % of those who answer an SMS do so within 45 minutes: a survey, n = 278 (asking.md, Learning),
# the only measured delay that was found; the slow part is an assumption.
ANSWER = DelayCurve(quick_share=0.75, quick_half_life=0.33, slow_half_life=24.0)

# Median 2 days to the donation, low 0.5, high 7 (disaster_parameters.csv,
# appeal_time_to_donation_median; an assumption). For people who come without a place.
VISIT = DelayCurve(quick_share=0.5, quick_half_life=20.0, slow_half_life=120.0)


def remaining(*, rate: float, hours: float, horizon: float, curve: DelayCurve = ANSWER) -> float:
    """Chance that somebody asked ``hours`` ago and silent since says yes in the next ``horizon``.

    Bayes: silence is evidence. With rate r and curve F it is r (F(t+h) − F(t)) / (1 − r F(t)).
    """
    been = curve.share(hours)
    return rate * (curve.share(hours + horizon) - been) / (1 - rate * been) if rate < 1 else 1.0


@dataclass(frozen=True, slots=True)
class Beta:
    """A belief about a share: ``yes`` and ``no`` are counts, those of the prior among them."""

    yes: float
    no: float

    @classmethod
    def from_range(cls, value: float, low: float, high: float) -> Beta:
        """The prior of a published value whose stated range is read as a 90 % band."""
        deviation = max(high - low, 1e-6) / (2 * 1.645)
        weight = max(value * (1 - value) / deviation**2 - 1, 2.0)
        return cls(value * weight, (1 - value) * weight)

    @property
    def mean(self) -> float:
        return self.yes / (self.yes + self.no)

    def updated(self, *, yes: float, no: float) -> Beta:
        return Beta(self.yes + yes, self.no + no)

    def divided(self, by: float) -> Beta:
        """The belief about the share divided by ``by``: its mean and its band grow alike."""
        whole = self.yes + self.no
        mean = min(self.mean / by, 0.9)
        variance = self.mean * (1 - self.mean) / (whole + 1) / by**2
        weight = max(mean * (1 - mean) / variance - 1, 2.0)
        return Beta(mean * weight, (1 - mean) * weight)

    def band(self, share: float = 0.9) -> tuple[float, float]:
        """The middle ``share`` of the belief, by its density on a grid of log odds: even steps of the
        share itself are too coarse for a belief under half a count or over some ten thousand."""
        odds = _spaced(math.log(self.yes / self.no), self.yes, self.no)
        log = self.yes * odds - (self.yes + self.no) * np.logaddexp(0.0, odds)
        low, high = _middle(odds, log, share)
        return 1 / (1 + math.exp(-low)), 1 / (1 + math.exp(-high))


@dataclass(frozen=True, slots=True)
class Gamma:
    """A belief about a positive factor: ``events`` seen where ``expected`` were expected."""

    events: float
    expected: float

    @classmethod
    def around(cls, factor: float, *, uncertainty: float) -> Gamma:
        """``uncertainty`` is the standard deviation divided by the factor."""
        events = 1 / uncertainty**2
        return cls(events, events / factor)

    @property
    def mean(self) -> float:
        return self.events / self.expected

    @property
    def uncertainty(self) -> float:
        return 1 / math.sqrt(self.events)

    def updated(self, *, events: float, expected: float) -> Gamma:
        return Gamma(self.events + events, self.expected + expected)

    def faded(self, keep: float) -> Gamma:
        """The same factor, believed less: only ``keep`` of its evidence still counts."""
        return Gamma(max(self.events * keep, 1e-6), max(self.expected * keep, 1e-6))

    def band(self, share: float = 0.9) -> tuple[float, float]:
        logs = _spaced(math.log(self.mean), self.events)
        log = self.events * logs - self.expected * np.exp(np.minimum(logs, 600.0))
        low, high = _middle(logs, log, share)
        return math.exp(low), math.exp(high)


def _spaced(center: float, *counts: float) -> Grid:
    """A grid on which nothing of a belief by so many counts is left out: its logarithm strays by
    about the root of one by each count, and by one by each count where that is under one."""
    width = 12 * math.sqrt(sum(1 / n + 1 / n**2 for n in counts))
    return center + np.linspace(-width, width, 20_001)


def _middle(grid: Grid, log_density: Grid, share: float) -> tuple[float, float]:
    density = np.exp(log_density - log_density.max())
    below = np.cumsum(density) / density.sum()
    low, high = np.searchsorted(below, [(1 - share) / 2, (1 + share) / 2])
    return float(grid[low]), float(grid[min(int(high), grid.size - 1)])


# Share of people asked who DONATED within 7 days: an assumption, 1 to 15 %
# (disaster_parameters.csv, appeal_sms_response_7d). It is no rate of bookings: divide by
# show and usable before it is used as ``Cohort.rate``.
GAVE_AFTER_SMS = Beta.from_range(0.05, 0.01, 0.15)
# Booked people who come: Oslo 59 %, no-show between 15 and 41 % (Bosnes 2005).
SHOW = Beta.from_range(0.70, 0.59, 0.85)
# 1 − share deferred among people presenting: 13 %, from 8.9 to 30.9 %.
ACCEPTED = Beta.from_range(0.87, 0.70, 0.91)
# People answer about three times as often for some days after a shock (asking.md, point 2).
AFTER_SHOCK = Gamma.around(2.0, uncertainty=0.5)
USUAL = Gamma.around(1.0, uncertainty=0.35)
