"""People are a stock too: a message to a cohort grows dearer the fewer of it are left rested."""

from __future__ import annotations

import numpy as np

from .forecast import Array
from .policy import Policy
from .snapshot import Snapshot

# How tired each part of a cohort is, 0 to 1: those above the share ``Policy.ready``, the upper and
# the lower half below it.
TIRED = np.array([0.0, 0.25, 0.75])


class Crowd:
    """``people`` of each cohort in three parts, the first asked first; ``extra`` is what a message to
    one of a part costs more."""

    def __init__(self, snapshot: Snapshot, policy: Policy) -> None:
        cohorts = snapshot.cohorts
        askable = np.array([float(max(c.askable, 0)) for c in cohorts])
        everybody = askable / np.maximum([c.rested for c in cohorts], 1e-6) if cohorts else askable
        levels = policy.ready * np.array([1.0, 0.5, 0.0])
        left = np.minimum(askable[:, None], everybody[:, None] * levels)
        self.people: Array = -np.diff(left, axis=1, prepend=askable[:, None])
        message = np.array([policy.message * c.price for c in cohorts])
        self.extra: Array = message[:, None] * policy.scarcity * TIRED

    def priced(self, asked: Array) -> float:
        """What so many people of each cohort cost beyond their ordinary messages."""
        total, left = 0.0, asked
        for part in range(TIRED.size):
            here = np.minimum(left, self.people[:, part])
            total += float(here @ self.extra[:, part])
            left = left - here
        return total
