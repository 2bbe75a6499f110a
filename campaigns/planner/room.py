"""How many yeses a session can still take, so that people are not asked to a place that is gone."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from .forecast import Array
from .policy import Policy
from .snapshot import Snapshot

WALK_IN_SPREAD = 1.5  # variance over mean of the walk-ins of a session; an assumption


def expected_yeses(snapshot: Snapshot, policy: Policy) -> Array:
    """The largest number of expected yeses of each session's open and new invitations.

    Yeses and walk-ins are counted by a negative binomial that knows how unsure the response is;
    the chance that they outnumber the free places stays under ``policy.turned_away``. Never more
    than the places that walk-ins leave, and never fewer because there are more places.
    """
    sessions = snapshot.sessions
    uncertainty = round(snapshot.response.uncertainty, 2)
    return np.array(
        [_limit(s.free, round(s.walkins, 1), uncertainty, policy.turned_away) for s in sessions]
    )


@lru_cache(maxsize=100_000)
def _limit(free: int, walkins: float, uncertainty: float, chance: float) -> float:
    low, high = 0.0, max(free - walkins, 0.0)
    if high == 0.0 or not _fits(high * 1e-3, free, walkins, uncertainty, chance):
        return 0.0
    for _step in range(24):
        middle = (low + high) / 2
        if _fits(middle, free, walkins, uncertainty, chance):
            low = middle
        else:
            high = middle
    return low


def _fits(yeses: float, free: int, walkins: float, uncertainty: float, chance: float) -> bool:
    """``forecast.quantile`` for one session, in plain numbers: it is asked some thousand times."""
    mean = walkins + yeses
    shape = mean**2 / (WALK_IN_SPREAD * walkins + yeses + (uncertainty * yeses) ** 2)
    root = 1 - 1 / (9 * shape) + NormalDist().inv_cdf(1 - chance) / (3 * math.sqrt(shape))
    return mean * max(root, 0.0) ** 3 <= free
