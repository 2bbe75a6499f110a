"""Many runs over processes, and their means with 90 % bands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np

from .run import Result, run
from .scenarios import BY_NAME


@dataclass(frozen=True, slots=True)
class Band:
    """Mean over runs, and the middle 90 % of them."""

    mean: float
    low: float
    high: float


Table = dict[tuple[str, str], dict[str, Band]]  # (scenario, policy) → figure → band


def _one(task: tuple[str, str, int]) -> Result:
    scenario, policy, seed = task
    return run(BY_NAME[scenario], policy, seed)


def results(
    *, scenarios: Sequence[str], policies: Sequence[str], runs: int, seed: int, jobs: int
) -> Iterator[Result]:
    """Every policy under the same seeds, seed by seed, so that a run cut short is still paired."""
    tasks = [(s, p, seed + n) for n in range(runs) for s in scenarios for p in policies]
    if jobs == 1:
        yield from map(_one, tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [pool.submit(_one, task) for task in tasks]
        for done in as_completed(waiting):
            yield done.result()


def complete(found: Sequence[Result]) -> list[Result]:
    """Only seeds that every policy of the scenario has run: pairs stay pairs."""
    seeds: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for result in found:
        seeds[result.scenario][result.policy].add(result.seed)
    common = {s: set.intersection(*by_policy.values()) for s, by_policy in seeds.items()}
    return [result for result in found if result.seed in common[result.scenario]]


def table(found: Sequence[Result]) -> Table:
    rows: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    for result in found:
        rows[result.scenario, result.policy].append(result.figures())
    return {
        key: {name: _band([row[name] for row in mine]) for name in mine[0]}
        for key, mine in rows.items()
    }


def weekly(found: Sequence[Result], scenario: str) -> dict[str, list[Band]]:
    """Cover in days, week by week, for each policy of a scenario."""
    curves: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for result in found:
        if result.scenario == scenario:
            curves[result.policy].append(result.weekly)
    return {
        policy: [_band([c[n] for c in mine]) for n in range(min(map(len, mine)))]
        for policy, mine in curves.items()
    }


def _band(values: Sequence[float]) -> Band:
    low, high = np.quantile(values, [0.05, 0.95])
    return Band(float(np.mean(values)), float(low), float(high))
