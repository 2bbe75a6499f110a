"""The linear programme solved by HiGHS (MIT licence, through ``highspy``): one thread, one seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .forecast import Array
from .merged import Merged
from .problem import Problem

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
    merged = Merged(problem)
    solver = loaded(merged)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    values = np.array(solver.getSolution().col_value)[: merged.size]
    return merged.apart(values)


def loaded(merged: Merged) -> highspy.Highs:
    """HiGHS with the model inside, not run yet."""
    lp = _model(merged)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    policy = merged.problem.policy
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("solver", "simplex" if lp.num_row_ < policy.interior else "ipm"),
        ("simplex_iteration_limit", policy.iterations),
        ("ipm_iteration_limit", policy.iterations),
        ("time_limit", policy.time_limit),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    return solver


def _model(merged: Merged) -> highspy.HighsLp:
    """Rows: every checkpoint of the needs that can be short, then the limits. Columns: the merged
    ones; the shortage of target, floor and margin and what is more than wanted, at each checkpoint;
    missed use, at two prices, once for each key.

    A row says what changes from one checkpoint to the next, so what is brought once stands in one row
    and not in all later ones: the same programme, a third of its size.
    """
    problem = merged.problem
    cover, shortages, size = problem.cover, problem.shortages, merged.size
    depth = cover.hours.size
    missing = cover.wanted - cover.supply
    debited = np.zeros(missing.size, dtype=bool)
    debited[merged.need.row[merged.need.value < 0]] = True
    can = (missing > 1e-9).any(axis=1) | debited.reshape(missing.shape).any(axis=1)
    keys = np.flatnonzero(can & np.array(cover.fresh, dtype=bool))
    row_of_key = np.full(missing.shape[0], -1)
    row_of_key[keys] = np.arange(keys.size) * depth
    count = keys.size * depth
    every = np.arange(count)

    widths = cover.widths[keys].reshape(count, cover.widths.shape[2])
    segment_row, tier = np.nonzero(widths > 1e-9)
    shortage = size + np.arange(segment_row.size)
    surplus = size + segment_row.size + every
    ordinary = size + segment_row.size + count + np.arange(keys.size)
    deep = ordinary + keys.size

    key = merged.need.row // depth
    used = row_of_key[key] >= 0
    rows = row_of_key[key[used]] + merged.need.row[used] % depth
    at, columns, values = _changes(
        np.concatenate((rows, segment_row, every)),
        np.concatenate((merged.need.column[used], shortage, surplus)),
        np.concatenate((merged.need.value[used], np.ones(shortage.size), -np.ones(count))),
        depth,
    )
    first = np.arange(keys.size) * depth
    at = np.concatenate((at, first, first, merged.limits.row + count))
    columns = np.concatenate((columns, ordinary, deep, merged.limits.column))
    values = np.concatenate((values, np.ones(2 * keys.size), merged.limits.value))
    order = np.lexsort((columns, at))
    total = count + merged.limit.size
    infinite = highspy.kHighsInf

    lp = highspy.HighsLp()
    lp.num_col_ = size + shortage.size + count + 2 * keys.size
    lp.num_row_ = total
    prices = cover.price[segment_row % depth, tier]
    missed = np.repeat(np.array(shortages.use_price), keys.size)
    lp.col_cost_ = np.concatenate((merged.price, prices, np.zeros(count), missed))
    lp.col_lower_ = np.zeros(lp.num_col_)
    endless = np.full(count, np.inf), np.full(keys.size, np.inf)
    upper = np.concatenate(
        (merged.upper, widths[segment_row, tier], endless[0], shortages.use[keys], endless[1])
    )
    lp.col_upper_ = np.where(np.isfinite(upper), upper, infinite)
    change = np.diff(missing[keys], axis=1, prepend=0.0).ravel()
    lp.row_lower_ = np.concatenate((change, np.full(merged.limit.size, -infinite)))
    lp.row_upper_ = np.concatenate((change, merged.limit))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(np.bincount(at, minlength=total))))
    lp.a_matrix_.index_ = columns[order]
    lp.a_matrix_.value_ = values[order]
    return lp


def _changes(rows: Ints, columns: Ints, values: Array, depth: int) -> tuple[Ints, Ints, Array]:
    """The same entries as changes from the row of the checkpoint before."""
    later = rows % depth + 1 < depth
    rows = np.concatenate((rows, rows[later] + 1))
    columns = np.concatenate((columns, columns[later]))
    values = np.concatenate((values, -values[later]))
    width = int(columns.max(initial=0)) + 1
    places, inverse = np.unique(rows * width + columns, return_inverse=True)
    summed: Array = np.bincount(inverse, weights=values, minlength=places.size).astype(float)
    left = np.abs(summed) > 1e-12
    return places[left] // width, places[left] % width, summed[left]
