"""What a shortage costs: convex in what is missing, and a patient's bag that is missed is missed once.

Going below target, floor or margin is priced at every checkpoint while it lasts. What is missing
beyond the three at some checkpoint is use: somebody goes without. The largest such lack of a key is
priced once, and those bags are wanted at no checkpoint, so nobody is asked to give for a patient of
last week. ``priced`` is the minimum of a linear programme with one column of missed use for each
key, and the solver gets that very programme: both have one objective.
"""

from __future__ import annotations

import numpy as np

from .forecast import Array


class Shortages:
    """``widths`` are bags of target, floor and margin (keys × checkpoints × 3), ``price`` theirs
    (checkpoints × 3); ``use`` bags of missed use at the first price, the rest at the second."""

    def __init__(self, widths: Array, price: Array, use: Array, use_price: tuple[float, float]):
        self.widths, self.price = widths, price
        self.use, self.use_price = use, use_price
        self.lasting = widths.sum(axis=2)
        self._widths: list[list[list[float]]] = widths.tolist()
        self._prices: list[list[float]] = price.tolist()
        self._lasting: list[list[float]] = self.lasting.tolist()
        self._use: list[float] = use.tolist()

    def missed(self, raw: Array) -> Array:
        """Bags of use that each key misses over the horizon."""
        missed: Array = np.maximum((raw - self.lasting).max(axis=1, initial=0.0), 0.0)
        return missed

    def priced(self, raw: Array) -> float:
        """The price of ``raw``, bags wanted less supplied (may be negative), keys × checkpoints."""
        missed = self.missed(raw)
        gap = np.maximum(raw - missed[:, None], 0.0)
        total = 0.0
        for tier in range(self.widths.shape[2]):
            part = np.minimum(gap, self.widths[:, :, tier])
            total += float(part.sum(axis=0) @ self.price[:, tier])
            gap = gap - part
        ordinary = np.minimum(missed, self.use)
        return total + float(
            self.use_price[0] * ordinary.sum() + self.use_price[1] * (missed - ordinary).sum()
        )

    def by_day(self, raw: Array) -> tuple[Array, Array]:
        """For telling: what is missing at each checkpoint of what is wanted still, and the use missed
        until then."""
        until = np.maximum.accumulate(np.maximum(raw - self.lasting, 0.0), axis=1)
        before = np.concatenate((np.zeros_like(until[:, :1]), until[:, :-1]), axis=1)
        return np.maximum(raw - before, 0.0), until

    def of_key(self, key: int, raw: list[float]) -> float:
        """``priced`` of one key in plain numbers, ten times as fast for a single one (the greedy plan
        asks it many thousands of times)."""
        missed = 0.0
        for wanted, lasting in zip(raw, self._lasting[key], strict=True):
            if wanted - lasting > missed:
                missed = wanted - lasting
        ordinary = min(missed, self._use[key])
        total = self.use_price[0] * ordinary + self.use_price[1] * (missed - ordinary)
        for wanted, widths, prices in zip(raw, self._widths[key], self._prices, strict=True):
            gap = wanted - missed
            for width, price in zip(widths, prices, strict=True):
                if gap <= 0:
                    break
                part = gap if gap < width else width
                total += part * price
                gap -= part
        return total
