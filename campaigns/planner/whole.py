"""From fractions to whole people and whole bags, without breaking a limit."""

from __future__ import annotations

import numpy as np

from .forecast import Array
from .problem import Problem

ALMOST = 1e-6


def rounded(problem: Problem, x: Array) -> Array:
    """The plan in whole people and whole transfers that leave now.

    Everything is rounded down first, so no limit breaks; then, where the fractions of a lot add
    up to whole people, those with the largest fraction get one more, if every limit still holds.
    """
    whole = x.copy()
    _people(problem, x, whole)
    _bags(problem, x, whole)
    _donations(problem, whole)
    return whole


def _people(problem: Problem, x: Array, whole: Array) -> None:
    block, arcs = problem.blocks["invite"], problem.arcs
    wish = x[block]
    count = np.floor(wish + ALMOST)
    part = np.maximum(wish - count, 0.0)
    keep = problem.blocks["keep"]
    whole[keep] = np.minimum(np.ceil(x[keep] - ALMOST), problem.upper[keep])
    whole[block] = count
    # A kept person more than the plan wanted may need the share of a place that was not left.
    left = problem.limit - _use(problem, whole)
    if (left < -ALMOST).any():
        whole[keep] = np.floor(x[keep] + ALMOST)
        left = problem.limit - _use(problem, whole)
    due = np.bincount(arcs.lot, weights=part, minlength=problem.lots.count)
    order = np.lexsort((np.arange(part.size), -part))
    rows, values, first = problem.uses()
    for arc in order[part[order] > 0.01]:
        lot = arcs.lot[arc]
        if due[lot] < 0.5 or count[arc] + 1 > arcs.people[arc]:
            continue
        here = slice(first[block.start + arc], first[block.start + arc + 1])
        if (left[rows[here]] >= values[here] - 1e-12).all():
            left[rows[here]] -= values[here]
            count[arc] += 1
            due[lot] -= 1
    whole[block] = count


def _use(problem: Problem, x: Array) -> Array:
    limits = problem.limits
    real = limits.value > 0
    people = np.zeros_like(x)
    for name in ("invite", "keep"):
        people[problem.blocks[name]] = x[problem.blocks[name]]
    return np.bincount(
        limits.row[real],
        weights=limits.value[real] * people[limits.column[real]],
        minlength=problem.limit.size,
    ).astype(float)


def _bags(problem: Problem, x: Array, whole: Array) -> None:
    """Whole bags in each pool: as many leave as arrive."""
    out, into = problem.blocks["out now"], problem.blocks["in now"]
    keys = problem.cover.keys
    senders = _pools(problem, "out now")
    takers = _pools(problem, "in now")
    whole[out], whole[into] = 0.0, 0.0
    for pool in sorted(set(senders) & set(takers), key=lambda p: keys[senders[p][0][1]]):
        have = [int(np.floor(problem.upper[out.start + n] + ALMOST)) for n, _key in senders[pool]]
        wish = [float(x[into.start + n]) for n, _key in takers[pool]]
        give = _shared([float(x[out.start + n]) for n, _key in senders[pool]], have)
        most = [int(problem.upper[into.start + n] + ALMOST) for n, _key in takers[pool]]
        take = _shared(wish, most)
        while sum(take) > sum(give):
            place = max(range(len(have)), key=lambda n: (min(have[n] - give[n], 1), -n))
            if give[place] >= have[place]:
                take[max(range(len(take)), key=lambda n: (take[n], -n))] -= 1
            else:
                give[place] += 1
        while sum(give) > sum(take):
            give[max(range(len(give)), key=lambda n: (give[n], -n))] -= 1
        for (n, _key), bags in zip(senders[pool], give, strict=True):
            whole[out.start + n] = bags
        for (n, _key), bags in zip(takers[pool], take, strict=True):
            whole[into.start + n] = bags


def _pools(problem: Problem, block: str) -> dict[tuple[str, str], list[tuple[int, int]]]:
    pools: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for n, key in enumerate(problem.move_key[block]):
        pools.setdefault(problem.cover.keys[key][1:], []).append((n, int(key)))
    return pools


def _shared(wish: list[float], most: list[int]) -> list[int]:
    """Whole numbers near the wishes, with their sum, none above ``most``."""
    count = [min(int(np.floor(w + ALMOST)), m) for w, m in zip(wish, most, strict=True)]
    due = round(sum(wish)) - sum(count)
    for n in sorted(range(len(wish)), key=lambda i: (-(wish[i] - count[i]), i)):
        if due > 0 and count[n] < most[n]:
            count[n] += 1
            due -= 1
    return count


def _donations(problem: Problem, whole: Array) -> None:
    """What the people of a lot give, shared among its recipes as before."""
    arcs, lots = problem.arcs, problem.lots
    block = problem.blocks["give"]
    given = np.bincount(
        arcs.lot, weights=arcs.donations * whole[problem.blocks["invite"]], minlength=lots.count
    ) + np.bincount(
        arcs.kept.lot,
        weights=arcs.kept.donations * whole[problem.blocks["keep"]],
        minlength=lots.count,
    )
    used = np.bincount(lots.lot, weights=whole[block], minlength=lots.count)
    factor = np.where(used > 1e-12, np.minimum(given / np.maximum(used, 1e-12), 1e6), 0.0)
    whole[block] = whole[block] * factor[lots.lot]
