"""What a shortage costs: convex in its depth, and a patient's bag that is missed is missed once.

Going below target, floor or margin is priced at every checkpoint while it lasts. Going below the
expected use means that somebody goes without: that is priced once, and the bag is not wanted again
at later checkpoints, so nobody is asked to give for a patient of last week.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .forecast import Array

LASTING = 3  # tiers that last: target, floor, margin; the later ones are missed use


class Shortages:
    def __init__(self, widths: Array, price: Array) -> None:
        self.widths = widths  # keys × checkpoints × tiers
        self.price = price  # checkpoints × tiers
        self._widths: list[list[list[float]]] = widths.tolist()
        self._prices: list[list[float]] = price.tolist()
        tops = np.cumsum(np.where(np.isfinite(widths), widths, 0.0), axis=2)
        self.starts = np.concatenate((np.zeros_like(tops[:, :, :1]), tops[:, :, :-1]), axis=2)

    def priced(
        self, raw: Array, rows: NDArray[np.int64] | slice = slice(None)
    ) -> tuple[float, Array, Array]:
        """The price of ``raw`` (wanted less supplied, may be negative) of some keys, with the gap at
        each checkpoint and the use missed until then."""
        starts, widths = self.starts[rows], self.widths[rows]
        gap, missed = np.empty_like(raw), np.empty_like(raw)
        lost = np.zeros(raw.shape[0])
        total = 0.0
        for point in range(raw.shape[1]):
            here = np.maximum(raw[:, point] - lost, 0.0)
            parts = np.minimum(np.maximum(here[:, None] - starts[:, point], 0.0), widths[:, point])
            total += float(parts.sum(axis=0) @ self.price[point])
            lost = lost + parts[:, LASTING:].sum(axis=1)
            gap[:, point], missed[:, point] = here, lost
        return total, gap, missed

    def of_key(self, key: int, raw: list[float]) -> tuple[float, list[float]]:
        """Price and gap of one key: ``priced`` in plain numbers, ten times as fast for a single one
        (the greedy plan asks it many thousands of times)."""
        total, lost, gaps = 0.0, 0.0, []
        for point, wanted in enumerate(raw):
            gap = wanted - lost
            gaps.append(gap if gap > 0 else 0.0)
            if gap <= 0:
                continue
            prices = self._prices[point]
            for tier, width in enumerate(self._widths[key][point]):
                part = gap if gap < width else width
                total += part * prices[tier]
                if tier >= LASTING:
                    lost += part
                gap -= part
                if gap <= 0:
                    break
        return total, gaps
