"""The programme with fewer columns and the same optimum.

People of one area and group who come and give alike differ, for a session, only in how often they
say yes and what a message to them costs. So each cohort fills a common pool of yeses at its own
price (that of its rested part first), and the pool is led to the sessions: cohorts + sessions columns
instead of cohorts × sessions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .columns import Matrix
from .forecast import Array
from .problem import Problem

Ints = NDArray[np.int64]
TINY = 1e-9


class Merged:
    """Columns: yeses of each part of a cohort, yeses led to each session (both as if there were time enough to
    answer), then those of the problem after its invitations, in their order."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        arcs = problem.arcs
        block = problem.blocks["invite"]
        if block.start != 0:
            raise ValueError("invitations come first")
        self.cohorts, first, self.cohort_of = np.unique(
            arcs.cohort, return_index=True, return_inverse=True
        )
        sessions = len(problem.snapshot.sessions)
        lead, chosen, self.lead_of = np.unique(
            arcs.kind * sessions + arcs.session, return_index=True, return_inverse=True
        )
        self.kind_of_cohort = arcs.kind[first]
        self.kind_of_lead = arcs.kind[chosen]
        self.rate = arcs.rate[first]
        crowd = problem.crowd
        parts = crowd.people[self.cohorts]
        self.owner, part = np.nonzero(parts > TINY)  # of each part of a cohort
        asks = self.owner.size
        self.shift = block.stop - asks - chosen.size  # columns fewer
        others = slice(block.stop, problem.size)
        each = arcs.rate[chosen]
        self.price = np.concatenate(
            (
                (arcs.base[first][self.owner] + crowd.extra[self.cohorts[self.owner], part])
                / self.rate[self.owner],
                (arcs.price[chosen] - arcs.base[chosen]) / each,
                problem.price[others],
            )
        )
        self.upper = np.concatenate(
            (
                parts[self.owner, part] * self.rate[self.owner],
                np.full(chosen.size, np.inf),
                problem.upper[others],
            )
        )
        # Limits of cohorts are the upper bounds now; other limits are those of one representative.
        limits = problem.limits
        keep = (limits.column >= block.stop) | np.isin(limits.column, chosen)
        bounds = problem.rows["cohort"]
        if bounds.size:
            keep &= (limits.row < bounds[0]) | (limits.row > bounds[-1])
        new = np.full(problem.size, -1)
        new[block.stop :] = np.arange(block.stop, problem.size) - self.shift
        new[chosen] = asks + np.arange(chosen.size)
        scale = np.ones(problem.size)
        scale[chosen] = 1 / each
        kinds = int(arcs.kind.max(initial=-1)) + 1
        pool = problem.limit.size + np.arange(kinds)
        self.limits = Matrix()
        column = limits.column[keep]
        self.limits.add(limits.row[keep], new[column], limits.value[keep] * scale[column])
        self.limits.add(pool[self.kind_of_cohort[self.owner]], np.arange(asks), -1.0)
        self.limits.add(pool[self.kind_of_lead], new[chosen], 1.0)
        self.limits.close()
        self.limit = np.concatenate((problem.limit, np.zeros(kinds)))
        self.need = Matrix()
        self.need.add(problem.need.row, problem.need.column - self.shift, problem.need.value)
        self.need.close()

    @property
    def size(self) -> int:
        return self.price.size

    def apart(self, values: Array) -> Array:
        """The solver's plan in the columns of the problem: pools are shared out in order, so few
        cohorts are split between sessions."""
        problem = self.problem
        stop = problem.blocks["invite"].stop
        x = np.zeros(problem.size)
        x[stop:] = values[stop - self.shift :]
        asked = np.maximum(values[: self.owner.size], 0.0)
        had = np.bincount(self.owner, weights=asked, minlength=self.cohorts.size)
        led = np.maximum(values[self.owner.size : stop - self.shift], 0.0)
        number = self.cohort_of * (led.size + 1) + self.lead_of
        order = np.argsort(number)
        sorted_numbers = number[order]
        by_kind: dict[int, list[int]] = {}
        for c in np.flatnonzero(had > TINY):
            by_kind.setdefault(int(self.kind_of_cohort[c]), []).append(int(c))
        for s in np.flatnonzero(led > TINY):
            cohorts = by_kind.get(int(self.kind_of_lead[s]), [])
            wanted = float(led[s])
            while wanted > TINY and cohorts:
                who = cohorts[0]
                part = min(wanted, float(had[who]))
                arc = order[np.searchsorted(sorted_numbers, who * (led.size + 1) + int(s))]
                x[arc] += part / self.rate[who]
                had[who] -= part
                wanted -= part
                if had[who] <= TINY:
                    cohorts.pop(0)
        plan: Array = np.clip(x, 0.0, problem.upper)
        return plan
