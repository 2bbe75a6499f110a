"""From pools to pairs: which centre sends what to which, with both sides' cover before and after."""

from __future__ import annotations

import math

import numpy as np

from .cover import Cover
from .decisions import Transfer
from .forecast import Array
from .places import Distances
from .policy import Policy
from .problem import Problem
from .snapshot import Need, Snapshot


def decided(problem: Problem, x: Array) -> tuple[Transfer, ...]:
    """The transfers that leave now: the nearest pairs first, then what would expire unused."""
    cover = problem.cover
    distances = Distances(problem.snapshot.centers)
    moved: dict[tuple[int, int], int] = {}
    out, into = problem.blocks["out now"], problem.blocks["in now"]
    give = {int(k): round(x[out.start + n]) for n, k in enumerate(problem.move_key["out now"])}
    take = {int(k): round(x[into.start + n]) for n, k in enumerate(problem.move_key["in now"])}
    givers: dict[tuple[str, str], list[int]] = {}
    for a, bags in give.items():
        if bags > 0:
            givers.setdefault(cover.keys[a][1:], []).append(a)
    pairs = [
        (distances.between(cover.keys[a][0], cover.keys[b][0]), a, b)
        for b, wish in take.items()
        if wish > 0
        for a in givers.get(cover.keys[b][1:], ())
        if a != b
    ]
    for _km, a, b in sorted(pairs):
        bags = min(give[a], take[b])
        if bags > 0:
            moved[a, b] = bags
            give[a] -= bags
            take[b] -= bags
    old = _old(cover, problem.snapshot, problem.policy, distances, moved)
    return _told(cover, distances, moved, expiring=False) + _told(
        cover, distances, old, expiring=True
    )


def _old(
    cover: Cover,
    snapshot: Snapshot,
    policy: Policy,
    distances: Distances,
    moved: dict[tuple[int, int], int],
) -> dict[tuple[int, int], int]:
    """Bags that would probably expire on their shelf go where more is used than is there."""
    from .cover import expected_loss

    days = policy.old_days_left
    travel = math.ceil(policy.transport / 24)
    if not cover.needs:
        return {}
    loss = expected_loss(cover.needs, days)[:, -1]
    pools: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(cover.keys):
        pools.setdefault(key[1:], []).append(row)
    found: dict[tuple[int, int], int] = {}
    gone: dict[int, int] = {}
    for (a, _b), bags in moved.items():
        gone[a] = gone.get(a, 0) + bags
    for _pool, rows in sorted(pools.items()):
        fresh = [row for row in rows if cover.fresh[row]]
        if not fresh:
            continue
        best = max(fresh, key=lambda row: (sum(cover.needs[row].use), -row))
        room = _usable_old(cover.needs[best], days, travel)
        for row in sorted(fresh, key=lambda r: (-loss[r], r)):
            sent = gone.get(row, 0)
            old = sum(b for day, b in cover.needs[row].stock if travel + 1 < day <= days)
            bags = int(min(loss[row] - sent + 0.5, old - sent, room))
            if row != best and bags >= 1:
                found[row, best] = bags
                room -= bags
    return found


def _usable_old(need: Need, days: int, travel: int) -> float:
    """Bags with ``days`` left at most that a centre could use besides its own of that age."""
    daily = need.daily
    own = sum(bags for day, bags in need.stock if day <= days)
    return max(0.8 * daily * (days - travel) - own, 0.0)


def _told(
    cover: Cover, distances: Distances, moved: dict[tuple[int, int], int], *, expiring: bool
) -> tuple[Transfer, ...]:
    change = np.zeros(len(cover.keys))
    for (a, b), bags in moved.items():
        change[a] -= bags
        change[b] += bags
    told = []
    for (a, b), bags in sorted(moved.items()):
        (source, component, group), target = cover.keys[a], cover.keys[b][0]
        told.append(
            Transfer(
                source=source,
                target=target,
                component=component,
                group=group,
                bags=bags,
                kilometres=round(distances.between(source, target), 1),
                source_cover=_days(cover.needs[a], change[a]),
                target_cover=_days(cover.needs[b], change[b]),
                source_reserve=cover.needs[a].reserve,
                expiring=expiring,
            )
        )
    return tuple(told)


def _days(need: Need, change: float) -> tuple[float, float]:
    """Days of use on the shelf before and after; infinite where nothing is used."""
    daily = need.daily
    if daily <= 0:
        return math.inf, math.inf
    return round(need.available / daily, 1), round((need.available + change) / daily, 1)
