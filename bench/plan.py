"""Processor seconds from a snapshot of the country to decisions: 40 centres × 8 groups × 4 components,
200 sessions, cohorts of a million donors; the floor is HiGHS alone on the same matrix. The plan uses
one thread, so on a free machine these are seconds of the clock too."""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable

from bench import ground
from campaigns.planner import (
    GROUPS,
    MOROCCAN_FREQUENCIES,
    Center,
    Cohort,
    Need,
    OpenInvitation,
    Policy,
    Quarantined,
    Session,
    Snapshot,
    merged,
    optimiser,
    plan,
    problem,
)
from campaigns.planner.compat import table

LIVES = {"red_cells": 42, "platelets": 5, "plasma": 365, "cryoprecipitate": 365}
AREAS = 75  # provinces
CHANNELS = ("sms", "email", "push")


def country(*, donors: int, centers: int, sessions: int, seed: int = 7) -> Snapshot:
    """A country with something short everywhere, and more at five stricken centres."""
    dice = random.Random(seed)
    places = [
        Center(f"C{n}", dice.uniform(28, 35.5), dice.uniform(-10, -2)) for n in range(centers)
    ]
    needs = [
        _need(dice, center.id, component, group, stricken=n < 5)
        for n, center in enumerate(places)
        for component in LIVES
        for group in GROUPS
    ]
    held = [
        Session(f"S{n}", places[n % centers].id, 12.0 + 24.0 * (n * 7 // sessions), 80, 20.0)
        for n in range(sessions)
    ]
    cohorts = []
    for area in range(AREAS):
        for group, share in MOROCCAN_FREQUENCIES.items():
            for first in (False, True):
                for channel in CHANNELS:
                    people = donors * share / AREAS / 2 / len(CHANNELS)
                    identity = f"{area} {group} {first} {channel}"
                    cohorts.append(
                        Cohort(
                            id=identity,
                            area=str(area),
                            group=group,
                            askable=int(people * dice.uniform(0.4, 1)),
                            rate=dice.uniform(0.02, 0.09),
                            first_time=first,
                            channel=channel,
                        )
                    )
    reach = {
        str(area): tuple(
            (s.id, 10.0 + 40.0 * (s.center != places[area % centers].id))
            for s in held
            if s.center in (places[area % centers].id, places[(area + 1) % centers].id)
        )
        for area in range(AREAS)
    }
    asked = dice.sample(cohorts, 300)
    return Snapshot(
        centers=tuple(places),
        needs=tuple(needs),
        sessions=tuple(held),
        cohorts=tuple(cohorts),
        reach=reach,
        invitations=tuple(
            OpenInvitation(c.id, reach[c.area][0][0], ((dice.uniform(0.2, 30), 40.0),))
            for c in asked
        ),
        fits=table(tuple(LIVES)),
    )


def _need(dice: random.Random, center: str, component: str, group: str, *, stricken: bool) -> Need:
    daily = dice.uniform(2, 40) * MOROCCAN_FREQUENCIES[group] * (3 if stricken else 1)
    days = min(LIVES[component], 7) * 0.8
    stock = daily * days * (0.4 if stricken else dice.uniform(0.6, 1.4))
    life = LIVES[component]
    return Need(
        center=center,
        component=component,
        group=group,
        target=daily * days,
        floor=daily * days / 2,
        use=(daily,) * 10,
        stock=tuple((dice.randint(0, life), stock / 5) for _ in range(5)),
        quarantined=(Quarantined(20.0, daily * 0.8),),
        shelf_life=life,
    )


def processor(act: Callable[[], object], rounds: int) -> float:
    """Middle processor time of some rounds: other work on the machine hardly counts."""
    taken = []
    for _round in range(rounds):
        began = time.process_time()
        act()
        taken.append(time.process_time() - began)
    return ground.middle(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=1_000_000)
    parser.add_argument("--centers", type=int, default=40)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    size = {"donors": options.donors, "centers": options.centers, "sessions": options.sessions}
    snapshot = country(**size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = processor(lambda: plan(snapshot), options.rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    few = country(**size | {"donors": options.donors // 10})
    tenth = processor(lambda: plan(few), options.rounds)
    model = merged.Merged(problem.build(snapshot, Policy()))
    floor = processor(lambda: optimiser.loaded(model).run(), options.rounds)
    decisions = plan(snapshot)
    ground.report(
        "plan",
        value=took,
        unit="s",
        floor=floor,
        size=size | {"needs": len(snapshot.needs), "cohorts": len(snapshot.cohorts)},
        more={
            "solver": decisions.solver,
            "columns": model.size,
            "people": decisions.people,
            "transfers": len(decisions.transfers),
            "peak_mb": round(peak),
            "of_it_plan_mb": round(peak - before),
            "a_tenth_of_donors_s": round(tenth, 3),
            "ten_times_to_one": round(took / tenth, 2),
        },
    )


if __name__ == "__main__":
    main()
