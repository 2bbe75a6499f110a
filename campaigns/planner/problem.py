"""The plan as a linear programme, for the solver and for the greedy plan alike.

Columns are decisions (invitations, open invitations kept, donations by recipe, transfers,
substitutions); ``need`` is what they bring to every key and checkpoint, ``limits`` what they use
up. The prices of a shortage and of tired people are convex, so they are no columns here: ``cost``
computes them, and the solver gets their segments as columns of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from . import cover as covering
from . import room
from .columns import Arcs, Lots, Matrix, arcs_of, lots_of
from .cover import Cover
from .crowd import Crowd
from .forecast import Array
from .places import Distances
from .policy import Policy
from .shortage import Shortages
from .snapshot import Snapshot

Ints = NDArray[np.int64]


@dataclass(slots=True)
class Problem:
    snapshot: Snapshot
    policy: Policy
    cover: Cover
    arcs: Arcs
    lots: Lots
    shortages: Shortages
    crowd: Crowd
    blocks: dict[str, slice] = field(default_factory=dict)
    price: Array = field(default_factory=lambda: np.zeros(0))
    upper: Array = field(default_factory=lambda: np.zeros(0))
    need: Matrix = field(default_factory=Matrix)
    limits: Matrix = field(default_factory=Matrix)
    limit: Array = field(default_factory=lambda: np.zeros(0))
    move_key: dict[str, Ints] = field(default_factory=dict)  # block → key of each column
    rows: dict[str, Ints] = field(default_factory=dict)  # kind of limit → its rows

    @property
    def size(self) -> int:
        return self.price.size

    def raw(self, x: Array) -> Array:
        """Bags wanted less bags supplied under ``x``, per key and checkpoint."""
        brought = self.need.times(x, self.cover.wanted.size).reshape(self.cover.wanted.shape)
        return self.cover.wanted - self.cover.supply - brought

    def cost(self, x: Array) -> float:
        """The objective, of the solver and of every plan."""
        asked = np.bincount(
            self.arcs.cohort,
            weights=x[self.blocks["invite"]],
            minlength=len(self.snapshot.cohorts),
        ).astype(float)
        shortage = self.shortages.priced(self.raw(x))
        return float(self.price @ x) + self.crowd.priced(asked) + shortage

    def uses(self) -> tuple[Ints, Array, Ints]:
        """What columns use up: limits and amounts by column, and where each column begins."""
        real = np.flatnonzero(self.limits.value > 0)
        order = real[np.argsort(self.limits.column[real], kind="stable")]
        first = np.searchsorted(self.limits.column[order], np.arange(self.size + 1))
        return self.limits.row[order], self.limits.value[order], first.astype(np.int64)


class _Building:
    """Appends blocks of columns and rows of limits."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.prices: list[Array] = []
        self.uppers: list[Array] = []
        self.limit: list[Array] = []
        self.columns = 0
        self.limit_rows = 0

    def block(self, name: str, price: Array, upper: Array) -> Ints:
        numbers = np.arange(self.columns, self.columns + price.size)
        self.problem.blocks[name] = slice(self.columns, self.columns + price.size)
        self.prices.append(price)
        self.uppers.append(upper)
        self.columns += price.size
        return numbers

    def rows(self, kind: str, limit: Array) -> Ints:
        numbers = np.arange(self.limit_rows, self.limit_rows + limit.size)
        self.problem.rows[kind] = numbers
        self.limit.append(limit)
        self.limit_rows += limit.size
        return numbers

    def brings(self, columns: Ints, keys: Ints, first: Ints, amount: float) -> None:
        """Column j adds ``amount`` bags to its key at every checkpoint from ``first`` on."""
        depth = self.problem.cover.hours.size
        for point in range(depth):
            here = first <= point
            self.problem.need.add(keys[here] * depth + point, columns[here], amount)

    def done(self) -> Problem:
        self.problem.price = np.concatenate(self.prices)
        self.problem.upper = np.concatenate(self.uppers)
        self.problem.limit = np.concatenate(self.limit) if self.limit else np.zeros(0)
        self.problem.need.close()
        self.problem.limits.close()
        return self.problem


def build(snapshot: Snapshot, policy: Policy) -> Problem:
    cover = covering.build(snapshot, policy)
    lacking, useful = _wanted(snapshot, cover)
    lots = lots_of(snapshot, policy, cover, useful)
    arcs = arcs_of(snapshot, policy, lots)
    tiers = policy.shortage.use, policy.shortage.deep
    shortages = Shortages(cover.widths, cover.price, cover.mean[:, -1] / 2, tiers)
    crowd = Crowd(snapshot, policy)
    problem = Problem(snapshot, policy, cover, arcs, lots, shortages, crowd)
    building = _Building(problem)
    invite = building.block("invite", arcs.price, arcs.people)
    keep = building.block("keep", np.full(arcs.kept.people.size, policy.kept), arcs.kept.people)
    give = building.block("give", np.zeros(lots.lot.size), np.full(lots.lot.size, np.inf))
    _donations(building, invite, keep, give)
    _limits(building, invite, keep)
    _transfers(building, useful)
    _substitutions(building, lacking)
    return building.done()


Pools = set[tuple[str, str]]  # of (component, group)


def _wanted(snapshot: Snapshot, cover: Cover) -> tuple[Pools, Pools]:
    """The pools in which some centre is short, and with those whose bags would fit there.

    Columns are left out by whole pools only: a need that is not short may become so by sending.
    """
    short = (cover.wanted - cover.supply).max(axis=1, initial=0.0) > 1e-9
    lacking = {cover.keys[row][1:] for row in np.flatnonzero(short)}
    fitting = {
        (component, bag)
        for component, bag, patient in snapshot.fits
        if (component, patient) in lacking
    }
    return lacking, lacking | fitting


def _donations(building: _Building, invite: Ints, keep: Ints, give: Ints) -> None:
    """A lot's donations are those of its people, and become bags by one recipe each."""
    problem = building.problem
    arcs, lots = problem.arcs, problem.lots
    rows = building.rows("lot", np.zeros(lots.count))
    problem.limits.add(rows[arcs.lot], invite, -arcs.donations)
    problem.limits.add(rows[arcs.kept.lot], keep, -arcs.kept.donations)
    problem.limits.add(rows[lots.lot], give, 1.0)
    problem.need.add(lots.credit_row, give[lots.credit_column], lots.credit)


def _limits(building: _Building, invite: Ints, keep: Ints) -> None:
    problem, snapshot = building.problem, building.problem.snapshot
    arcs = problem.arcs
    rows = building.rows("session", room.expected_yeses(snapshot, problem.policy))
    problem.limits.add(rows[arcs.session], invite, arcs.yes)
    problem.limits.add(rows[arcs.kept.session], keep, arcs.kept.yes)
    rows = building.rows("cohort", np.array([float(c.askable) for c in snapshot.cohorts]))
    problem.limits.add(rows[arcs.cohort], invite, 1.0)
    for kind in ("laboratory", "storage"):
        rooms = [r for r in snapshot.rooms if getattr(r, kind) is not None]
        rows = building.rows(kind, np.array([float(getattr(r, kind)) for r in rooms]))
        for number, place in enumerate(rooms):
            here = [
                s.center == place.center
                and (s.day == place.day if kind == "laboratory" else s.day <= place.day)
                for s in snapshot.sessions
            ]
            inside = np.array(here, dtype=bool)
            for of, columns, each in (
                (arcs.session, invite, arcs.donations),
                (arcs.kept.session, keep, arcs.kept.donations),
            ):
                mine = inside[of] if of.size else np.zeros(0, dtype=bool)
                problem.limits.add(
                    np.full(int(mine.sum()), rows[number]), columns[mine], each[mine]
                )


def _transfers(building: _Building, useful: Pools) -> None:
    """Through one pool for each component and group: what leaves shelves now or after a checkpoint.

    Pairs of centres are found afterwards (``transfers``); the pool keeps the programme small.
    """
    problem = building.problem
    cover, policy = problem.cover, problem.policy
    far = Distances(problem.snapshot.centers).from_hub(problem.snapshot.needs)
    pools = sorted({key[1:] for key in cover.keys})
    pool = np.array([pools.index(key[1:]) for key in cover.keys], dtype=np.int64)
    wanting = np.array([name in useful for name in pools], dtype=bool)[pool]
    wanting &= np.array(cover.fresh, dtype=bool)
    making = np.zeros(len(cover.keys), dtype=bool)
    making[problem.lots.credit_row // cover.hours.size] = True
    arrives = np.searchsorted(cover.hours, cover.hours + policy.transport)
    now = int(np.searchsorted(cover.hours, policy.transport))
    starts = [("now", 0, now, cover.sendable, cover.receivable)]
    for point in range(cover.hours.size):
        reached = int(arrives[point])
        if cover.hours[point] >= policy.lead_time and reached < cover.hours.size:
            # What has been given meanwhile can leave then; a shelf without donors has nothing new.
            unbound = np.where(making | (cover.sendable > 0), np.inf, 0.0)
            starts.append((f"after {point}", point, reached, unbound, cover.later[:, reached]))
    for name, leaves, reached, most_out, most_in in starts:
        senders = np.flatnonzero((most_out > 1e-9) & wanting)
        takers = np.flatnonzero((most_in > 1e-9) & wanting)
        fare = policy.bag_kilometre * far / 2
        out = building.block(f"out {name}", policy.bag + fare[senders], most_out[senders])
        into = building.block(f"in {name}", fare[takers], most_in[takers])
        problem.move_key[f"out {name}"], problem.move_key[f"in {name}"] = senders, takers
        rows = building.rows(f"pool {name}", np.zeros(len(pools)))
        problem.limits.add(rows[pool[senders]], out, -1.0)
        problem.limits.add(rows[pool[takers]], into, 1.0)
        building.brings(out, senders, np.full(senders.size, leaves), -1.0)
        building.brings(into, takers, np.full(takers.size, reached), 1.0)


def _substitutions(building: _Building, lacking: Pools) -> None:
    """A bag on the shelf may serve another group of the same centre that it fits, at a price."""
    problem = building.problem
    cover, policy = problem.cover, problem.policy
    giving, taking, price, most = [], [], [], []
    fits: dict[tuple[str, str], list[str]] = {}
    for component, bag, patient in problem.snapshot.fits:
        if bag != patient:
            fits.setdefault((component, patient), []).append(bag)
    for row, (center, component, patient) in enumerate(cover.keys):
        if not cover.fresh[row] or (component, patient) not in lacking:
            continue
        for bag in fits.get((component, patient), ()):
            other = cover.index.get((center, component, bag))
            if other is None or not cover.fresh[other] or cover.needs[other].available <= 0:
                continue
            giving.append(other)
            taking.append(int(row))
            rare = policy.rarity.get(bag, 10.0) - policy.rarity.get(patient, 10.0)
            price.append(1.0 + max(rare, 0.0))
            most.append(cover.needs[other].available)
    columns = building.block("substitute", np.array(price), np.array(most))
    first = np.zeros(len(giving), dtype=np.int64)
    building.brings(columns, np.array(giving, dtype=np.int64), first, -1.0)
    building.brings(columns, np.array(taking, dtype=np.int64), first, 1.0)
