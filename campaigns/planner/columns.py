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
    """A lot is the donations of one group at one centre that are released by the same checkpoints:
    they become bags by one of the useful recipes.

    ``index`` gives the lot of a session and a group, ``lot`` that of each recipe column; credit_* are
    its bags per need row (key × checkpoints + checkpoint). Lots that could help no need are left out.
    """

    index: dict[tuple[int, str | None], int]
    count: int
    lot: Ints
    credit_column: Ints
    credit_row: Ints
    credit: Array


def lots_of(snapshot: Snapshot, policy: Policy, cover: Cover, useful: set[tuple[str, str]]) -> Lots:
    """``useful`` are (component, group) of donations that some short need could use."""
    useful = useful if policy.ask else set()
    components = sorted({key[1] for key in cover.keys})
    release = np.array([policy.release[c] for c in components])
    recipes = {
        procedure: _served(choices, set(components))
        for procedure, choices in policy.recipes.items()
    }
    wanted = {group for _component, group in useful}
    groups = [g for g in sorted({need.group for need in snapshot.needs}) if g in wanted]
    known: dict[tuple[str, str, tuple[int, ...]], dict[str | None, int]] = {}
    index: dict[tuple[int, str | None], int] = {}
    credits = _Credits(snapshot, cover, useful)
    for number, session in enumerate(snapshot.sessions):
        if session.starts > policy.latest or not wanted:
            continue
        first = tuple(np.searchsorted(cover.hours, session.starts + release).tolist())
        alike = session.center, session.procedure, first
        if alike not in known:
            points = dict(zip(components, first, strict=True))
            known[alike] = {
                group: lot
                for group in (*groups, None)
                if (lot := credits.lot(session.center, group, recipes[session.procedure], points))
                is not None
            }
        for group, lot in known[alike].items():
            index[number, group] = lot
    return credits.done(index)


class _Credits:
    """Collects lots, their recipe columns and what those bring."""

    def __init__(self, snapshot: Snapshot, cover: Cover, useful: set[tuple[str, str]]) -> None:
        self.snapshot, self.cover, self.useful = snapshot, cover, useful
        self.lots = 0
        self.of_column: list[int] = []
        self.columns: list[int] = []
        self.rows: list[int] = []
        self.bags: list[float] = []

    def lot(
        self, center: str, group: str | None, recipes: list[Recipe], first: dict[str, int]
    ) -> int | None:
        """The number of a new lot; None where it could help no need."""
        depth = self.cover.hours.size
        shares = self.snapshot.frequencies if group is None else {group: 1.0}
        helps = False
        for recipe in recipes:
            before = len(self.rows)
            for component, each in recipe:
                for name, share in shares.items():
                    key = self.cover.index.get((center, component, name))
                    if key is None or not self.cover.fresh[key]:
                        continue
                    if (component, name) in self.useful:
                        points = range(key * depth + first[component], (key + 1) * depth)
                        self.rows += points
                        self.bags += [each * share] * len(points)
            if len(self.rows) > before:
                self.columns += [len(self.of_column)] * (len(self.rows) - before)
                self.of_column.append(self.lots)
                helps = True
        self.lots += helps
        return self.lots - 1 if helps else None

    def done(self, index: dict[tuple[int, str | None], int]) -> Lots:
        return Lots(
            index,
            self.lots,
            _ints(self.of_column),
            _ints(self.columns),
            _ints(self.rows),
            np.array(self.bags, dtype=float),
        )


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
    ``hours`` is when the message would leave. ``kept`` are the open ones.

    ``rate`` is the chance of a yes of somebody with time enough to answer, ``base`` the part of the
    price that every session has; ``kind`` numbers the cohorts that differ in these two only.
    """

    cohort: Ints
    session: Ints
    lot: Ints
    hours: Array
    people: Array
    yes: Array
    donations: Array
    price: Array
    rate: Array
    base: Array
    kind: Ints
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
        area: tuple(
            (number[session], km)
            for session, km in reach
            if policy.earliest <= snapshot.sessions[number[session]].starts <= policy.latest
        )
        for area, reach in snapshot.reach.items()
    }
    table: list[tuple[int, int, int, float, float, float, float, float, int]] = []
    roads: dict[tuple[tuple[int, float], ...], int] = {}
    kinds: dict[tuple[int, str | None, float, float], int] = {}
    for c, cohort in enumerate(snapshot.cohorts):
        road = open_to.get(cohort.area, ())
        rate = min(cohort.rate * factor, 0.95)
        if cohort.askable <= 0 or rate <= 0:
            continue
        base = policy.message * cohort.price + policy.first_time * cohort.first_time
        rare = policy.rarity.get(cohort.group, 10.0) if cohort.group else 4.0
        show, give, group = cohort.show, cohort.show * cohort.usable, cohort.group
        alike = roads.setdefault(road, len(roads)), group, show, cohort.usable
        kind = kinds.setdefault(alike, len(kinds))
        far = show * policy.kilometre
        for s, km in road:
            lot = lots.index.get((s, group))
            yes = rate * answered[s]
            if lot is not None and yes > 0:
                price = base + yes * (km * far + give * rare)
                table.append((c, s, lot, yes, yes * give, price, rate, base, kind))
    columns = np.array(table, dtype=float).reshape(-1, 9)
    return Arcs(
        cohort=columns[:, 0].astype(np.int64),
        session=columns[:, 1].astype(np.int64),
        lot=columns[:, 2].astype(np.int64),
        hours=np.array([when[int(s)] for s in columns[:, 1]]),
        people=np.array([float(snapshot.cohorts[int(c)].askable) for c in columns[:, 0]]),
        yes=columns[:, 3],
        donations=columns[:, 4],
        price=columns[:, 5],
        rate=columns[:, 6],
        base=columns[:, 7],
        kind=columns[:, 8].astype(np.int64),
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
