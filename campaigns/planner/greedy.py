"""The same programme by hand: transfers first, then people, each step only where it pays.

It stands in when the solver is missing or slow, and every plan of the solver is measured against
it (``plan`` keeps the better), so the solver is never worse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .forecast import Array
from .problem import Problem

Ints = NDArray[np.int64]
PATIENCE = 3  # senders tried in vain until a shelf is left as it is


def solve(problem: Problem) -> Array:
    return _Greedy(problem).run()


@dataclass(frozen=True, slots=True)
class Work:
    """One recipe of a lot: who may be kept or asked (cheapest first) and the bags per donation."""

    column: int
    kept: Ints
    arcs: Ints
    keys: Ints
    bags: Array  # keys × checkpoints


class _Greedy:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.x = np.zeros(problem.size)
        cover = problem.cover
        self.depth = cover.hours.size
        self.gap = cover.wanted - cover.supply  # negative: more than wanted
        self.left = problem.limit.copy()
        self.asked = np.zeros(len(problem.snapshot.cohorts))
        self.until = np.cumsum(problem.crowd.people, axis=1)
        self.uses_row, self.uses_value, self.first = problem.uses()

    def run(self) -> Array:
        for name in self.problem.move_key:
            if name.startswith("out "):
                self._transfers(name.removeprefix("out "))
        lots = self._lots()
        for lot in lots:
            self._keep(lot)
        for part in range(self.until.shape[1]):
            for lot in lots:
                self._ask(lot, part)
        return self.x

    def _price(self, keys: Ints, gap: Array) -> float:
        """Price of the shortage of those keys under a gap."""
        of_key = self.problem.shortages.of_key
        return sum(of_key(k, row) for k, row in zip(keys.tolist(), gap.tolist(), strict=True))

    def _pays(self, keys: Ints, change: Array, price: float) -> bool:
        before = self.gap[keys]
        return self._price(keys, before - change) + price < self._price(keys, before) - 1e-9

    def _transfers(self, when: str) -> None:
        problem = self.problem
        out, into = problem.blocks[f"out {when}"], problem.blocks[f"in {when}"]
        senders, takers = problem.move_key[f"out {when}"], problem.move_key[f"in {when}"]
        pools: dict[tuple[str, str], list[int]] = {}
        for n, key in enumerate(senders):
            pools.setdefault(problem.cover.keys[key][1:], []).append(n)
        leaves, reaches = self._span(out), self._span(into)
        of_key = problem.shortages.of_key
        urgency = [-of_key(k, self.gap[k].tolist()) for k in takers.tolist()]
        for n in sorted(range(len(takers)), key=lambda i: (urgency[i], i)):
            if urgency[n] >= 0:
                break
            taker = int(takers[n])
            sources = pools.get(problem.cover.keys[taker][1:], [])
            failed = 0
            for m in sorted(sources, key=lambda i: (problem.price[out.start + i], i)):
                sender = int(senders[m])
                room = problem.upper[into.start + n] - self.x[into.start + n]
                most = min(room, problem.upper[out.start + m] - self.x[out.start + m])
                worst = float(self.gap[taker, reaches:].max(initial=0.0))
                if room <= 1e-9 or worst <= 1e-9 or failed == PATIENCE:
                    break
                if sender == taker or most <= 1e-9:
                    continue
                price = problem.price[out.start + m] + problem.price[into.start + n]
                moved = self._move((sender, leaves), (taker, reaches), min(most, worst), price)
                self.x[[out.start + m, into.start + n]] += moved
                failed += moved == 0

    def _move(
        self, source: tuple[int, int], target: tuple[int, int], most: float, price: float
    ) -> float:
        """Move as many bags as pay between two keys, from their checkpoints on."""
        keys = np.array([source[0], target[0]])
        before, now = self.gap[keys], self._price(keys, self.gap[keys])
        for part in (1.0, 0.5, 0.25):
            after = before.copy()
            after[0, source[1] :] += most * part
            after[1, target[1] :] -= most * part
            if self._price(keys, after) + price * most * part < now - 1e-9:
                self.gap[keys] = after
                return most * part
        return 0.0

    def _span(self, block: slice) -> int:
        """The first checkpoint that a block of moves touches."""
        need = self.problem.need
        mine = (need.column >= block.start) & (need.column < block.stop)
        rows = need.row[mine] % self.depth
        return int(rows.min()) if rows.size else self.depth

    def _lots(self) -> list[Work]:
        """The work that would end the dearest shortage first."""
        problem, lots = self.problem, self.problem.lots
        arcs = problem.arcs
        per_donation = arcs.price / np.maximum(arcs.donations, 1e-12)
        by_lot = _grouped(arcs.lot, np.lexsort((arcs.cohort, per_donation)), lots.count)
        kept = _grouped(arcs.kept.lot, np.arange(arcs.kept.lot.size), lots.count)
        credits = _grouped(lots.credit_column, np.arange(lots.credit.size), lots.lot.size)
        found: list[tuple[float, int, Work]] = []
        for column, lot in enumerate(lots.lot):
            rows = lots.credit_row[credits[column]]
            if not (self.gap.ravel()[rows] > 1e-9).any():
                continue
            keys = np.unique(rows // self.depth)
            bags = np.zeros((keys.size, self.depth))
            place = np.searchsorted(keys, rows // self.depth), rows % self.depth
            bags[place] = lots.credit[credits[column]]
            after = self._price(keys, self.gap[keys] - bags * 0.1)
            worth = self._price(keys, self.gap[keys]) - after
            found.append((-worth, column, Work(column, kept[lot], by_lot[lot], keys, bags)))
        return [work for _worth, _column, work in sorted(found, key=lambda item: item[:2])]

    def _keep(self, work: Work) -> None:
        problem = self.problem
        start = problem.blocks["keep"].start
        for arc in work.kept:
            place = start + int(arc)
            each, price = float(problem.arcs.kept.donations[arc]), float(problem.price[place])
            if not self._fill(work, place, each=each, room=np.inf, price=price):
                return

    def _ask(self, work: Work, part: int) -> None:
        """Ask people of one part of their cohort, the cheapest first."""
        problem, arcs = self.problem, self.problem.arcs
        start = problem.blocks["invite"].start
        for arc in work.arcs:
            cohort, place = int(arcs.cohort[arc]), start + int(arc)
            before = self.x[place]
            more = self._fill(
                work,
                place,
                each=float(arcs.donations[arc]),
                room=float(self.until[cohort, part] - self.asked[cohort]),
                price=float(problem.price[place] + problem.crowd.extra[cohort, part]),
            )
            self.asked[cohort] += self.x[place] - before
            if not more:
                return

    def _fill(self, work: Work, place: int, *, each: float, room: float, price: float) -> bool:
        """Take as many people of a column as pay; False where the next, dearer ones cannot."""
        helped = work.bags > 0
        room = min(room, self.problem.upper[place] - self.x[place], self._people(place))
        if each <= 0 or room <= 1e-9:
            return True
        wanted = self.gap[work.keys][helped]
        if not (wanted > 1e-9).any():
            return False
        most = min(room, float((wanted / work.bags[helped]).max()) / each)
        for part in (1.0, 0.5, 0.25, 0.1):
            people = most * part
            if self._pays(work.keys, work.bags * people * each, price * people):
                self._take(place, work, people, people * each)
                return True
        return False

    def _take(self, place: int, work: Work, people: float, donations: float) -> None:
        self.gap[work.keys] -= work.bags * donations
        self.x[place] += people
        self.x[self.problem.blocks["give"].start + work.column] += donations
        rows, values = self._uses(place)
        self.left[rows] -= values * people

    def _people(self, place: int) -> float:
        """How many people the limits still allow in a column."""
        rows, values = self._uses(place)
        left: list[float] = (self.left[rows] / values).tolist()
        return max(min(left, default=np.inf), 0.0)

    def _uses(self, place: int) -> tuple[Ints, Array]:
        """The limits that a column uses up (a lot's own row is no limit)."""
        here = slice(int(self.first[place]), int(self.first[place + 1]))
        return self.uses_row[here], self.uses_value[here]


def _grouped(of: Ints, order: Ints, count: int) -> list[Ints]:
    """For each of ``count`` groups its members in ``order``."""
    placed = order[np.argsort(of[order], kind="stable")]
    return list(np.split(placed, np.searchsorted(of[placed], np.arange(1, count)))) if count else []
