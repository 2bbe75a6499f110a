"""Forecasts of a plan, its arithmetic in words, and the digest of what it was made from."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict

import numpy as np

from . import forecast
from .decisions import Forecast, Invitation, StandDown, Transfer, Uncovered
from .forecast import Array
from .policy import Policy
from .problem import Problem
from .snapshot import Snapshot


def digest(snapshot: Snapshot, policy: Policy) -> str:
    """SHA-256 of both inputs in one canonical text."""
    summary = hashlib.sha256()
    for part in (snapshot, policy):
        for field in dataclasses.fields(part):
            value = getattr(part, field.name)
            if isinstance(value, dict):
                value = sorted(value.items())
            summary.update(f"{field.name}={value!r};".encode())
    return summary.hexdigest()


def forecasts(problem: Problem, x: Array) -> tuple[Forecast, ...]:
    """Of every fresh need that asks for something; supply and use both as gamma counts.

    The variance of what people bring is that of a Poisson whose rate is unsure by the response's
    uncertainty; what stands on the shelf is certain.
    """
    cover = problem.cover
    needs, depth = cover.wanted.shape
    people = np.zeros_like(x)
    people[problem.blocks["give"]] = x[problem.blocks["give"]]
    given = problem.need.times(people, needs * depth).reshape(needs, depth)
    brought = problem.need.times(x, needs * depth).reshape(needs, depth)
    missed = problem.shortages.by_day(problem.raw(x))[1]
    expected = cover.supply + brought + missed - cover.mean
    unsure = problem.snapshot.response.uncertainty
    variance = cover.variance + given + (unsure * given) ** 2 + cover.promised
    have = np.maximum(cover.supply + brought, 0.0)
    chance = forecast.below(have, cover.mean, np.maximum(variance, 1e-9))
    spread = 1.645 * np.sqrt(variance)
    figures = np.stack((expected, expected - spread, expected + spread), axis=2).round(2).tolist()
    chances, times = chance.round(4).tolist(), cover.hours.tolist()
    told = (cover.wanted.max(axis=1, initial=0.0) > 0) & np.array(cover.fresh, dtype=bool)
    found = []
    for row in np.flatnonzero(told).tolist():
        for hours, (middle, low, high), odds in zip(times, figures[row], chances[row], strict=True):
            found.append(Forecast(*cover.keys[row], hours, middle, low, high, odds))
    return tuple(found)


def uncovered(problem: Problem, x: Array) -> tuple[Uncovered, ...]:
    """What is still expected to be missing of use and floor, at half a bag or more."""
    cover = problem.cover
    gap = problem.shortages.by_day(problem.raw(x))[0] - cover.widths[:, :, 0]
    return tuple(
        Uncovered(
            *cover.keys[int(row)], float(cover.hours[point]), round(float(gap[row, point]), 1)
        )
        for row, point in np.argwhere(gap >= 0.5)
    )


def words(
    problem: Problem,
    transfers: tuple[Transfer, ...],
    invitations: tuple[Invitation, ...],
    stand_downs: tuple[StandDown, ...],
    missing: tuple[Uncovered, ...],
    confirm: tuple[str, ...],
) -> tuple[str, ...]:
    """The arithmetic in plain sentences, English; the pages say the same from the figures."""
    told = [f"{center}: the figures are old. Please confirm your shelf." for center in confirm]
    for t in transfers:
        why = " that would expire there" if t.expiring else ""
        told.append(
            f"{t.bags} × {t.component} {t.group}{why} from {t.source} "
            f"({t.source_cover[0]} → {t.source_cover[1]} days) to {t.target} "
            f"({t.target_cover[0]} → {t.target_cover[1]} days), {t.kilometres:.0f} km."
        )
    cohorts = {cohort.id: cohort for cohort in problem.snapshot.cohorts}
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0, 0])
    for i in invitations:
        entry = sums[i.session, cohorts[i.cohort].group or "?"]
        for place, value in enumerate((i.people, i.expected_yeses, i.expected_donations)):
            entry[place] += value
    for (session, group), (people, yeses, donations) in sorted(sums.items()):
        told.append(
            f"{people:.0f} people {group} are asked to {session}: "
            f"{yeses:.1f} yeses and {donations:.1f} donations expected."
        )
    if stand_downs:
        told.append(f"{sum(s.people for s in stand_downs)} silent people are no longer needed.")
    deepest: dict[tuple[str, str, str], Uncovered] = {}
    for u in missing:
        key = (u.center, u.component, u.group)
        if key not in deepest or deepest[key].bags < u.bags:
            deepest[key] = u
    told += [
        f"{u.bags} × {u.component} {u.group} at {u.center} stay uncovered in {u.hours:.0f} hours."
        for _key, u in sorted(deepest.items())
    ]
    return tuple(told)
