"""The linear programme solved by HiGHS (MIT licence, through ``highspy``): one thread, one seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .forecast import Array
from .problem import Problem
from .shortage import LASTING

try:
    import highspy
except ImportError:  # the greedy plan stands in
    highspy = None  # type: ignore[assignment]

Ints = NDArray[np.int64]


def available() -> bool:
    return highspy is not None


def solve(problem: Problem) -> Array | None:
    """The best plan in fractions of people and bags; None where HiGHS gave none in time."""
    if not problem.size:
        return np.zeros(0)
    solver = loaded(problem)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    values = np.array(solver.getSolution().col_value)[: problem.size]
    plan: Array = np.clip(values, 0.0, problem.upper)
    return plan


def loaded(problem: Problem) -> highspy.Highs:
    """HiGHS with the model inside, not run yet."""
    lp = _model(problem)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("simplex_iteration_limit", problem.policy.iterations),
        ("time_limit", problem.policy.time_limit),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    return solver


def _model(problem: Problem) -> highspy.HighsLp:
    """Columns: the problem's, then the segments of every need row that can be short."""
    cover, size = problem.cover, problem.size
    missing = (cover.wanted - cover.supply).ravel()
    debited = np.zeros(missing.size, dtype=bool)
    debited[problem.need.row[problem.need.value < 0]] = True
    fresh = np.repeat(np.array(cover.fresh, dtype=bool), cover.hours.size)
    active = np.flatnonzero(((missing > 1e-9) | debited) & fresh)
    place = np.full(missing.size, -1)
    place[active] = np.arange(active.size)

    widths = cover.widths.reshape(missing.size, -1)[active]
    tiers = widths.shape[1] if active.size else 0
    prices = np.tile(cover.price, (len(cover.keys), 1))[active]
    segment_row, tier = np.nonzero(widths > 1e-9) if tiers else (np.zeros(0, int), np.zeros(0, int))
    segments = size + np.arange(segment_row.size)

    used = place[problem.need.row] >= 0
    fill_row, fill = _filled(active, segment_row, tier, place, depth=cover.hours.size)
    rows = np.concatenate(
        (place[problem.need.row[used]], fill_row, problem.limits.row + active.size)
    )
    columns = np.concatenate((problem.need.column[used], segments[fill], problem.limits.column))
    values = np.concatenate(
        (problem.need.value[used], np.ones(fill_row.size), problem.limits.value)
    )
    order = np.lexsort((columns, rows))
    count = active.size + problem.limit.size
    infinite = highspy.kHighsInf

    lp = highspy.HighsLp()
    lp.num_col_ = size + segment_row.size
    lp.num_row_ = count
    lp.col_cost_ = np.concatenate((problem.price, prices[segment_row, tier]))
    lp.col_lower_ = np.zeros(lp.num_col_)
    upper = np.concatenate((problem.upper, widths[segment_row, tier]))
    lp.col_upper_ = np.where(np.isfinite(upper), upper, infinite)
    lp.row_lower_ = np.concatenate((missing[active], np.full(problem.limit.size, -infinite)))
    lp.row_upper_ = np.concatenate((np.full(active.size, infinite), problem.limit))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=count))))
    lp.a_matrix_.index_ = columns[order]
    lp.a_matrix_.value_ = values[order]
    return lp


def _filled(
    active: Ints, segment_row: Ints, tier: Ints, place: Ints, *, depth: int
) -> tuple[Ints, Ints]:
    """The rows that each segment fills: its own, and of missed use all later ones of its key."""
    rows, segments = [segment_row], [np.arange(segment_row.size)]
    missed = np.flatnonzero(tier >= LASTING)
    at = active[segment_row[missed]] if missed.size else missed
    for later in range(1, depth):
        inside = at % depth + later < depth
        row = place[at[inside] + later]
        rows.append(row[row >= 0])
        segments.append(missed[inside][row >= 0])
    return np.concatenate(rows), np.concatenate(segments)
