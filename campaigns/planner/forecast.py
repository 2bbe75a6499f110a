"""Use as a negative binomial: quantiles, and the floors and ceilings that follow from them.

Issues of a group spread wider than a Poisson: an operation takes many bags at once. With a mean m
and a variance s·m (s is the *spread*) the counts are negative binomial; s = 1 is the Poisson.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def quantile(mean: Array, variance: Array, probability: float) -> Array:
    """Quantiles of many negative binomials at once, not rounded.

    By the cube root of Wilson and Hilferty (PNAS 1931) on the gamma of equal mean and variance;
    ``tests/campaigns/planner/test_forecast.py`` holds it to the exact count within one bag.
    """
    safe = np.maximum(mean, 1e-12)
    shape = safe**2 / np.maximum(variance, 1e-12)
    z = NormalDist().inv_cdf(probability)
    root = 1 - 1 / (9 * shape) + z / (3 * np.sqrt(shape))
    return np.where(mean > 0, safe * np.maximum(root, 0.0) ** 3, 0.0)


def below(value: Array, mean: Array, variance: Array) -> Array:
    """P(count ≤ value), the inverse of ``quantile``."""
    safe = np.maximum(mean, 1e-12)
    shape = safe**2 / np.maximum(variance, 1e-12)
    z = (np.cbrt(np.maximum(value, 0.0) / safe) - 1 + 1 / (9 * shape)) * 3 * np.sqrt(shape)
    chance = np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in np.ravel(z)])
    return np.where(mean > 1e-9, chance.reshape(np.shape(z)), (value >= 0).astype(float))


def probabilities(mean: float, spread: float, up_to: int) -> Array:
    """P(0), …, P(up_to) of the exact counts."""
    counts = np.arange(1, up_to + 1)
    if mean <= 0:
        return np.concatenate(([1.0], np.zeros(up_to)))
    if spread <= 1 + 1e-9:
        steps, first = np.log(mean / counts), -mean
    else:
        size = mean / (spread - 1)
        steps = np.log((counts - 1 + size) / counts * (spread - 1) / spread)
        first = -size * math.log(spread)
    return np.exp(np.concatenate(([first], first + np.cumsum(steps))))


def exact_quantile(mean: float, spread: float, probability: float) -> int:
    """The smallest count that is not exceeded with that probability."""
    top = int(mean + 12 * math.sqrt(mean * max(spread, 1)) + 12 * max(spread, 1)) + 1
    reached = np.cumsum(probabilities(mean, spread, top))
    return int(np.searchsorted(reached, min(probability, reached[-1] - 1e-12)))


@dataclass(frozen=True, slots=True)
class History:
    """Mean issues a day and their spread, as seen."""

    mean: float
    spread: float


def seen(issues: Sequence[int]) -> History:
    """Mean and spread of a history of daily issues; the spread lies between 1 and 6.

    A short or empty history is pulled towards a spread of 1.5 as if ten more days said so.
    """
    days = len(issues)
    if days == 0:
        return History(0.0, 1.5)
    mean = sum(issues) / days
    if days < 2 or mean == 0:
        return History(mean, 1.5)
    variance = sum((x - mean) ** 2 for x in issues) / (days - 1)
    spread = (variance / mean * (days - 1) + 1.5 * 10) / (days - 1 + 10)
    return History(mean, min(max(spread, 1.0), 6.0))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A floor and a ceiling in bags, and the figures they come from."""

    floor: int
    ceiling: int
    mean: float
    spread: float


def suggestion(
    issues: Sequence[int], *, service: float, lead_time: float, shelf_life: int, margin: float = 0.9
) -> Suggestion:
    """Floor and ceiling from daily issues.

    The floor is what covers the use of ``lead_time`` days (ask, give, test) with probability
    ``service``. The ceiling is what will be used before it expires with probability ``margin``:
    the low quantile of use over the shelf life, and never under the floor.
    """
    history = seen(issues)
    floor = exact_quantile(history.mean * lead_time, history.spread, service)
    ceiling = exact_quantile(history.mean * shelf_life, history.spread, 1 - margin)
    return Suggestion(floor, max(floor, ceiling), history.mean, history.spread)
