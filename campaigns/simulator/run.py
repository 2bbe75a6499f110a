"""One run: a scenario, a policy and a seed; what came of it in figures."""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass

import numpy as np

from .blood import Blood
from .people import People
from .policies import WAYS, World
from .view import Knowledge
from .world import (
    DAILY,
    MEAN,
    STEP_SHARE,
    STEPS,
    UNITS_PER_PATIENT,
    USE_SPREAD,
    Scenario,
    draw,
    extra_use,
)


@dataclass(frozen=True, slots=True)
class Result:
    """Figures of one run. Messages and yeses count from the shock or dip on."""

    scenario: str
    policy: str
    seed: int
    bag_days_short: float
    unserved: float  # patients
    expired: int
    messages_14: int
    messages: int
    yeses: int
    turned_away: int
    displaced: int
    no_place: int
    beyond: float
    lowest_week: float
    readiness: float
    weekly: tuple[float, ...]

    def figures(self) -> dict[str, float]:
        return {k: v for k, v in asdict(self).items() if isinstance(v, int | float)}


# Days of use that a yes is measured against: the national safety stock on the shelf, what is under
# test, and what is used until the bookings of the next ten days come.
TARGET, TESTED, BOOKED = 7.0, 1.5, 3.5


def begins(scenario: Scenario) -> int:
    """The step from which the first fourteen days are counted."""
    first = [s.day for s in scenario.shocks] + [float(d.begin) for d in scenario.dips]
    return int(min(first, default=0.0) * STEPS)


def run(scenario: Scenario, policy: str, seed: int) -> Result:
    """The same seed draws the same truth, use and shock for every policy, and for the sensitivities of
    a scenario (``haouz-slow``) the same as for itself."""
    base = scenario.name.split("-")[0]
    rng = np.random.default_rng([seed, zlib.crc32(base.encode())])
    truth = draw(rng, scenario)
    extra = extra_use(scenario, units=truth.units_per_admission)
    mean = MEAN[None] * STEP_SHARE[np.arange(scenario.days * STEPS) % STEPS, None, None] + extra
    requests = np.where(
        mean > 0,
        rng.negative_binomial(np.maximum(mean, 1e-9) / (USE_SPREAD - 1), 1 / USE_SPREAD),
        0,
    )
    blood = Blood(rng, scenario)
    people = People(rng, scenario, truth)
    people.believed = people.believed * scenario.prior
    world = World(0, blood, people, Knowledge(scenario, truth.guess), extra)
    # Known on the first day: admissions times the median of earlier events, with the guess's error.
    world.knowledge.guess = truth.guess * 1.8 / truth.units_per_admission
    way = WAYS[policy]()
    beyond = 0.0
    cover: list[float] = []
    lowest_pool = 1.0
    start = begins(scenario)
    for step in range(scenario.days * STEPS):
        world.step = step
        blood.begin(step)
        if step % STEPS == 0:
            people.morning(step // STEPS)
        by_group = people.answers(step)
        if by_group.any():
            beyond += _beyond(world, by_group)
        if step % STEPS == 2:
            blood.given(people.session(step // STEPS))
        blood.serve(requests[step])
        world.knowledge.learn(step, people)
        world.knowledge.count(step, blood)
        way.act(world)
        cover.append(float(blood.shelf.sum()) / DAILY.sum())
        lowest_pool = min(lowest_pool, float(people.askable.sum()) / people.start)
    weekly = [
        float(np.mean(cover[n : n + 7 * STEPS]))
        for n in range(0, len(cover) - 7 * STEPS + 1, STEPS)
    ]
    sent = people.messages
    return Result(
        scenario=scenario.name,
        policy=policy,
        seed=seed,
        bag_days_short=blood.bag_days_short,
        unserved=blood.unserved / UNITS_PER_PATIENT,
        expired=blood.expired,
        messages_14=sum(n for at, n in sent if start <= at < start + 14 * STEPS),
        messages=sum(n for _at, n in sent),
        yeses=people.yeses,
        turned_away=people.turned_away,
        displaced=people.displaced,
        no_place=people.no_place,
        beyond=beyond,
        lowest_week=min(weekly),
        readiness=lowest_pool,
        weekly=tuple(round(w, 2) for w in weekly[::7]),
    )


def _beyond(world: World, by_group: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """Yeses given when blood, tests and bookings already cover the need and the extra use."""
    blood, people, day = world.blood, world.people, world.step // STEPS
    booked = people.booked[day : day + 11].sum(axis=(0, 1)) + people.coming[day : day + 11].sum(
        axis=(0, 1)
    )
    expected = booked.reshape(-1, 8, 2).sum(axis=(0, 2)) * people.truth.show * people.truth.accepted
    loads = np.zeros(8)
    for load in blood.loads:
        loads[load.group] += load.bags.sum()
    have = blood.shelf.sum(axis=0) + blood.testing.sum(axis=(0, 1)) + loads + expected
    extra = world.extra[world.step : world.step + 14 * STEPS].sum(axis=(0, 1))
    want = MEAN.sum(axis=0) * (TARGET + TESTED + BOOKED) + extra
    over = np.clip(have - want, 0, by_group * people.truth.show * people.truth.accepted)
    return float(over.sum() / (people.truth.show * people.truth.accepted))
