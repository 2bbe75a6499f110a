"""Invitations and donations as columns: who could be asked where, and what it would bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cover import Cover
from .forecast import Array
from .policy import Policy, Recipe
from .response import remaining
from .snapshot import Snapshot

Ints = NDArray[np.int64]


class Matrix:
    """A sparse matrix of (row, column, value), appended to and then closed."""

    def __init__(self) -> None:
        self._parts: list[tuple[Ints, Ints, Array]] = []
        self.row: Ints = np.zeros(0, dtype=np.int64)
        self.column: Ints = np.zeros(0, dtype=np.int64)
        self.value: Array = np.zeros(0)

    def add(self, row: Ints, column: Ints, value: ArrayLike) -> None:
        if column.size:
            self._parts.append(
                (row, column, np.broadcast_to(np.asarray(value, dtype=float), column.shape))
            )

    def close(self) -> None:
        if self._parts:
            self.row, self.column, self.value = (
                np.concatenate(p) for p in zip(*self._parts, strict=True)
            )

    def times(self, x: Array, rows: int) -> Array:
        return np.bincount(self.row, weights=self.value * x[self.column], minlength=rows).astype(
            float
        )


@dataclass(frozen=True, slots=True)
class Lots:
    """A lot is one session × group; its donations become bags by one of the useful recipes.

    ``lot`` gives the lot of each recipe column; credit_* are its bags per need row
    (key × checkpoints + checkpoint). Lots that could help no need are left out.
    """

    index: dict[tuple[int, str | None], int]
    lot: Ints
    credit_column: Ints
    credit_row: Ints
    credit: Array

    @property
    def count(self) -> int:
        return len(self.index)


def _useful(short: NDArray[np.bool_], cover: Cover, snapshot: Snapshot) -> set[tuple[str, str]]:
    """(component, group) of donations that some short need could use, itself or by substitution."""
    lacking = {cover.keys[row][1:] for row in np.flatnonzero(short)}
    return lacking | {
        (component, bag)
        for component, bag, patient in snapshot.fits
        if (component, patient) in lacking
    }


def lots_of(snapshot: Snapshot, policy: Policy, cover: Cover, short: NDArray[np.bool_]) -> Lots:
    useful = _useful(short, cover, snapshot) if policy.ask else set()
    components = {key[1] for key in cover.keys}
    depth = cover.hours.size
    index: dict[tuple[int, str | None], int] = {}
    lot: list[int] = []
    columns: list[int] = []
    rows: list[int] = []
    credit: list[float] = []
    groups: list[str | None] = [*sorted({need.group for need in snapshot.needs}), None]
    wanted = {group for _component, group in useful}
    recipes = {
        procedure: _served(choices, components) for procedure, choices in policy.recipes.items()
    }
    for number, session in enumerate(snapshot.sessions):
        if session.starts > policy.latest:
            continue
        first = {
            c: int(np.searchsorted(cover.hours, session.starts + policy.release[c]))
            for c in components
        }
        for group in groups:
            if not wanted or (group is not None and group not in wanted):
                continue
            shares = snapshot.frequencies if group is None else {group: 1.0}
            for recipe in recipes[session.procedure]:
                helps: list[tuple[int, float]] = []
                for component, each in recipe:
                    for name, share in shares.items():
                        key = cover.index.get((session.center, component, name))
                        if key is None or not cover.fresh[key] or (component, name) not in useful:
                            continue
                        helps += [
                            (key * depth + d, each * share) for d in range(first[component], depth)
                        ]
                if helps:
                    here = index.setdefault((number, group), len(index))
                    columns += [len(lot)] * len(helps)
                    lot.append(here)
                    rows += [row for row, _bags in helps]
                    credit += [bags for _row, bags in helps]
    return Lots(index, _ints(lot), _ints(columns), _ints(rows), np.array(credit, dtype=float))


def _served(choices: tuple[Recipe, ...], components: set[str]) -> list[Recipe]:
    """The recipes cut down to components that are needed, each once, none inside another."""
    cut = {tuple(part for part in recipe if part[0] in components) for recipe in choices}
    return sorted(r for r in cut if r and not any(set(r) < set(other) for other in cut))


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Kept:
    """Open invitations that may still help a need; yes and donations per silent person."""

    invitation: Ints
    session: Ints
    lot: Ints
    people: Array
    yes: Array
    donations: Array


@dataclass(frozen=True, slots=True)
class Arcs:
    """Invitations a cohort × session could get: yes, donations and price are per person;
    ``hours`` is when the message would leave. ``kept`` are the open ones."""

    cohort: Ints
    session: Ints
    lot: Ints
    hours: Array
    people: Array
    yes: Array
    donations: Array
    price: Array
    kept: Kept


BOOKING_CLOSES = 2.0  # hours before a session starts


def leaves(starts: float, policy: Policy, quiet: tuple[tuple[float, float], ...]) -> float:
    """When a message for a session may leave: not long before it, and never in quiet hours."""
    hours = max(starts - policy.ahead, 0.0)
    for begin, end in sorted(quiet):
        if begin <= hours < end:
            hours = end
    return hours


def arcs_of(snapshot: Snapshot, policy: Policy, lots: Lots) -> Arcs:
    number = {session.id: n for n, session in enumerate(snapshot.sessions)}
    factor = snapshot.response.factor
    when = [leaves(s.starts, policy, snapshot.quiet) for s in snapshot.sessions]
    answered = [
        policy.curve.share(s.starts - BOOKING_CLOSES - w)
        for s, w in zip(snapshot.sessions, when, strict=True)
    ]
    open_to = {
        area: [
            (number[session], km)
            for session, km in reach
            if policy.earliest <= snapshot.sessions[number[session]].starts <= policy.latest
            and snapshot.sessions[number[session]].free > 0
        ][: policy.nearest_sessions]
        for area, reach in snapshot.reach.items()
    }
    table: list[tuple[int, int, int, float, float, float]] = []
    for c, cohort in enumerate(snapshot.cohorts):
        if cohort.askable <= 0:
            continue
        tired = max(policy.ready - cohort.rested, 0.0) / policy.ready
        base = policy.message * cohort.price * (1 + policy.scarcity * tired)
        base += policy.first_time * cohort.first_time
        rare = policy.rarity.get(cohort.group, 10.0) if cohort.group else 4.0
        for s, km in open_to.get(cohort.area, ()):
            lot = lots.index.get((s, cohort.group))
            yes = min(cohort.rate * factor, 0.95) * answered[s]
            if lot is None or yes <= 0:
                continue
            gives = yes * cohort.show * cohort.usable
            price = base + yes * cohort.show * km * policy.kilometre + gives * rare
            table.append((c, s, lot, yes, gives, price))
    columns = np.array(table, dtype=float).reshape(-1, 6)
    return Arcs(
        cohort=columns[:, 0].astype(np.int64),
        session=columns[:, 1].astype(np.int64),
        lot=columns[:, 2].astype(np.int64),
        hours=np.array([when[int(s)] for s in columns[:, 1]]),
        people=np.array([float(snapshot.cohorts[int(c)].askable) for c in columns[:, 0]]),
        yes=columns[:, 3],
        donations=columns[:, 4],
        price=columns[:, 5],
        kept=_kept(snapshot, policy, lots, number),
    )


def _kept(snapshot: Snapshot, policy: Policy, lots: Lots, number: dict[str, int]) -> Kept:
    """Open invitations: what the silent may still bring; without a use they stand down."""
    cohorts = {cohort.id: cohort for cohort in snapshot.cohorts}
    table: list[tuple[int, int, int, float, float, float]] = []
    for n, invitation in enumerate(snapshot.invitations):
        cohort, s = cohorts[invitation.cohort], number[invitation.session]
        lot = lots.index.get((s, cohort.group))
        people = sum(count for _hours, count in invitation.asked)
        if lot is None or people <= 0:
            continue
        horizon = snapshot.sessions[s].starts - BOOKING_CLOSES
        rate = min(cohort.rate * snapshot.response.factor, 0.95)
        yes = sum(
            count * remaining(rate=rate, hours=since, horizon=max(horizon, 0.0), curve=policy.curve)
            for since, count in invitation.asked
        )
        each = yes / people
        table.append((n, s, lot, people, each, each * cohort.show * cohort.usable))
    columns = np.array(table, dtype=float).reshape(-1, 6)
    return Kept(
        invitation=columns[:, 0].astype(np.int64),
        session=columns[:, 1].astype(np.int64),
        lot=columns[:, 2].astype(np.int64),
        people=columns[:, 3],
        yes=columns[:, 4],
        donations=columns[:, 5],
    )
