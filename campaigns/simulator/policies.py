"""Ways to ask: each looks at the world once a step and acts on it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as data_field

import numpy as np

from campaigns.planner import GROUPS, Decisions, Policy, plan
from campaigns.planner.forecast import Array

from .blood import Blood
from .people import CENTER, GROUP, People
from .view import FLOORS, Dial, Knowledge, snapshot
from .world import CODES, KILOMETRES, MEAN, STEPS

PLACE = {code: n for n, code in enumerate(CODES)}


@dataclass(slots=True)
class World:
    step: int
    blood: Blood
    people: People
    knowledge: Knowledge
    extra: Array


def alarmed(world: World) -> bool:
    """A shock was declared in this step, or the country fell under four days of cover."""
    if any(world.step == int(s.day * STEPS) + 1 for s in world.knowledge.scenario.shocks):
        return True
    return world.step % STEPS == 2 and bool(world.blood.shelf.sum() < 4 * MEAN.sum())


def daytime(step: int) -> bool:
    """Messages leave in the steps that begin at noon and six in the evening, or at six (held to
    nine)."""
    return step % STEPS != 0


def phone(world: World) -> None:
    """Without a planner centres help by telephone: in the morning who has patients waiting is
    sent what they lack by the nearest centre with more than five days."""
    if world.step % STEPS != 1:
        return
    waiting = world.blood.waiting.sum(axis=0)
    for center, group in np.argwhere(waiting > 0):
        lacking = int(waiting[center, group])
        for other in np.argsort(KILOMETRES[center], kind="stable")[1:]:
            spare = int(world.blood.shelf[other, group] - 5 * MEAN[other, group])
            bags = min(spare, lacking)
            if bags > 0:
                lacking -= world.blood.send(
                    source=int(other),
                    target=int(center),
                    group=int(group),
                    bags=bags,
                    arrives=world.step + 2,
                )
            if lacking <= 0:
                break


class Nobody:
    """Asks nobody; centres help each other by telephone."""

    name, title = "none", "Asks nobody"

    def act(self, world: World) -> None:
        phone(world)


class Everybody(Nobody):
    """Asks everybody who may be asked when there is an alarm; who wants to come, comes."""

    name, title, book, waits = "A", "A: asks everybody", False, False

    def act(self, world: World) -> None:
        self.move(world)
        self.waits = self.waits or alarmed(world)
        if self.waits and daytime(world.step):
            self.waits = False
            everyone = np.flatnonzero(world.people.askable)
            day = np.full(everyone.size, world.step // STEPS + 1)
            people = world.people.askable[everyone].copy()
            world.people.ask(world.step, everyone, CENTER[everyone], day, people, book=self.book)

    def move(self, world: World) -> None:
        phone(world)


class Threshold(Nobody):
    """A need under 2.5 days: everybody of that group nearby is asked, the same day."""

    name, title = "B", "B: threshold, same-day blast"

    def act(self, world: World) -> None:
        phone(world)
        if world.step % STEPS != 2:
            return
        low = world.blood.shelf < 2.5 * MEAN
        chosen = np.flatnonzero(low[CENTER, GROUP] & (world.people.askable > 0))
        day = np.full(chosen.size, world.step // STEPS + 1)
        people = world.people.askable[chosen].copy()
        world.people.ask(world.step, chosen, CENTER[chosen], day, people, book=False)


@dataclass(slots=True)
class _Open:
    pledges: int
    waves: int = 0
    begun: int = 0
    yeses: float = 0.0


@dataclass
class Batches:
    """The first engine of this product: each need asks by itself, a wave every 20 minutes while
    its pledges are missing, and after three waves from the whole country."""

    name = "C"
    title = "C: batches per need, as before"
    open: dict[tuple[int, int], _Open] = data_field(default_factory=dict)

    def act(self, world: World) -> None:
        phone(world)
        if not daytime(world.step):
            return
        shelf = world.blood.shelf
        low = shelf < FLOORS
        for center, group in np.argwhere(low):
            gap = int(FLOORS[center, group] - shelf[center, group])
            key = (int(center), int(group))
            if key not in self.open or world.step - self.open[key].begun > 12:
                free = int(world.people.places[center] * 3)
                self.open[key] = _Open(min(int(np.ceil(gap / 0.5)), free), begun=world.step)
        for (center, group), appeal in sorted(self.open.items()):
            if not low[center, group]:
                continue
            self._waves(world, center, group, appeal)
        self.open = {key: appeal for key, appeal in self.open.items() if low[key]}

    def _waves(self, world: World, center: int, group: int, appeal: _Open) -> None:
        people = world.people
        booked = people.booked[world.step // STEPS :, center].sum(axis=0)
        pledged = int(booked[group * 2 + center * 16 : group * 2 + center * 16 + 2].sum())
        pledged = max(pledged, int(booked[group == GROUP].sum()))
        missing = appeal.pledges - pledged
        if missing <= 0:
            return
        # Eighteen waves in six hours, of which two hours lie in the quiet ones.
        wish = int(np.ceil(missing / 0.05)) * 12
        rows = np.flatnonzero((group == GROUP) & (people.askable > 0))
        rows = rows[np.argsort(KILOMETRES[center, CENTER[rows]], kind="stable")]
        if appeal.waves == 0:
            near = rows[CENTER[rows] == center]
            rows = np.concatenate((near, rows[CENTER[rows] != center]))
        appeal.waves += 12
        available = people.askable[rows]
        until = np.minimum(np.cumsum(available), wish)
        count = np.diff(until, prepend=0)
        rows, count = rows[count > 0], count[count > 0]
        day = np.full(rows.size, world.step // STEPS + 1)
        people.ask(world.step, rows, np.full(rows.size, center), day, count, book=True)


class Planned(Nobody):
    """The product's own planner, through the very same ``plan``."""

    name, title = "ours", "Ours: one planner"
    foresight = False
    quiet_days = 4  # between plans in quiet times; the product plans every few seconds

    def __init__(self, *, dial: Dial | None = None, policy: Policy | None = None) -> None:
        self.dial = dial  # None: by the phase
        self.policy = policy or Policy(compare=False)

    def due(self, world: World) -> bool:
        since = world.knowledge.since_shock(world.step)
        if since is not None and since < 10:
            return since < 4 or world.step % 2 == 0  # four times a day, then twice
        if since is not None and since < 20:
            return world.step % STEPS == 2
        return world.step % (self.quiet_days * STEPS) == 2 or (
            world.step % STEPS == 2 and bool(world.blood.waiting.sum() > 0)
        )

    def act(self, world: World) -> None:
        if not self.due(world):
            return
        decisions = plan(
            snapshot(
                step=world.step,
                blood=world.blood,
                people=world.people,
                knowledge=world.knowledge,
                extra=world.extra,
                dial=self.dial or world.knowledge.dial(world.step),
                foresight=self.foresight,
            ),
            self.policy,
        )
        self.carry_out(world, decisions)

    def carry_out(self, world: World, decisions: Decisions) -> None:
        for t in decisions.transfers:
            world.blood.send(
                source=PLACE[t.source],
                target=PLACE[t.target],
                group=GROUPS.index(t.group),
                bags=t.bags,
                arrives=world.step + 2,
            )
        for s in decisions.stand_downs:
            self._stand_down(world, s.cohort, s.session, s.people)
        # At six in the morning what leaves at nine is in this step.
        now = [i for i in decisions.invitations if i.hours < 6]
        if now:
            places = [i.session.split("/") for i in now]
            world.people.ask(
                world.step,
                np.array([int(i.cohort) for i in now]),
                np.array([PLACE[code] for code, _day in places]),
                np.array([int(day) for _code, day in places]),
                np.array([i.people for i in now]),
                book=True,
            )

    def _stand_down(self, world: World, cohort: str, session: str, people: int) -> None:
        code, day = session.split("/")
        for batch in world.people.batches:
            rows = (batch.cohort == int(cohort)) & (batch.center == PLACE[code])
            for row in np.flatnonzero(rows & (batch.day == int(day)) & ~batch.over):
                silent = int(batch.people[row] - batch.said[row])
                part = min(people, silent)
                world.people.stand_down(batch, int(row), part)
                people -= part


class Greedy(Planned):
    name, title = "greedy", "Greedy: our fallback alone"

    def __init__(self) -> None:
        super().__init__(policy=Policy(solver="greedy"))


class Foresight(Planned):
    """Our planner with the true expected use; what nobody can have."""

    name, title, foresight = "F", "F: knows the expected use", True


class EverybodyPlanned(Everybody):
    """Asks everybody, with booking and our transfers."""

    name, title, book = "A+", "A+: everybody, booking, our transfers", True

    def __init__(self) -> None:
        self.planned = Planned(dial=Dial(7.0, 6.0), policy=Policy(ask=False, compare=False))
        self.planned.quiet_days = 8

    def move(self, world: World) -> None:
        if self.planned.due(world):
            self.planned.act(world)


WAYS: dict[str, type[Nobody] | type[Batches]] = {
    way.name: way
    for way in (Nobody, Everybody, EverybodyPlanned, Threshold, Batches, Greedy, Planned, Foresight)
}
