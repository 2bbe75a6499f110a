"""From the simulated world to the planner's snapshot: only what somebody there could know."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from campaigns.planner import (
    GROUPS,
    Appointment,
    Cohort,
    InTransit,
    Need,
    OpenInvitation,
    Quarantined,
    Response,
    Session,
    Snapshot,
)
from campaigns.planner.compat import table
from campaigns.planner.forecast import Array, quantile
from campaigns.planner.response import ACCEPTED, AFTER_SHOCK, SHOW, USUAL, Beta, Gamma

from .blood import Blood, Ints
from .people import CENTER, COHORTS, GROUP, KIND, People
from .world import CENTERS, CODES, DAILY, KILOMETRES, MEAN, RATE, STEPS, Scenario

AHEAD = 10  # days of sessions the planner sees
DECLARED = 1  # steps after a shock until an operation is declared; an assumption
QUIET = (21.0, 9.0)  # nothing leaves between these hours of the day
NEIGHBOURS = 150.0  # km people are asked to travel at most
FITS = table(("red_cells",))
COHORT_IDS = tuple(str(n) for n in range(COHORTS))
NEAR = [
    [int(c) for c in np.argsort(KILOMETRES[a], kind="stable") if KILOMETRES[a, c] <= NEIGHBOURS][:2]
    for a in range(len(CODES))
]


def floors(lead_days: float = 3.5, service: float = 0.95) -> Array:
    """Floor of each centre × group: use of the lead time at a service level."""
    mean = MEAN * lead_days
    whole: Array = np.ceil(quantile(mean, mean * 1.6, service))
    return whole


FLOORS = floors()


@dataclass(frozen=True, slots=True)
class Dial:
    """Days of cover aimed at, and those that are not to be missed (asking.md, point 5)."""

    target: float
    floor: float


QUIET_TIMES = Dial(4.5, 3.0)
OPERATION = Dial(7.5, 6.0)  # for thirty days after a declared disaster: people are willing then
OPERATION_DAYS = 30
RECOVERY = Dial(6.0, 5.0)  # afterwards: the trough, and a second shock, may come
NATIONAL = 1.0  # days of the country's use that an operation is expected to need to be a disaster


@dataclass(frozen=True, slots=True)
class Shelf:
    """A count of every shelf, and what is on record of bags that reached and left them until then."""

    stock: Ints
    arrived: Ints
    sent: Ints


def _older(stock: Ints, days: int) -> Ints:
    """The same bags some days later; what is past its day is thrown away unseen."""
    later = np.zeros_like(stock)
    later[:, :, : stock.shape[2] - days] = stock[:, :, days:]
    return later


@dataclass(slots=True)
class Knowledge:
    """What the planner's side has learnt in this run."""

    scenario: Scenario
    guess: float
    units: float = 1.8
    factor: Gamma = USUAL
    show: Beta = SHOW
    accepted: Beta = ACCEPTED
    declared: set[int] = field(default_factory=set)
    shelves: dict[int, Shelf] = field(default_factory=dict)

    def count(self, step: int, blood: Blood) -> None:
        """Where figures are old, today's are kept until they are read."""
        if self.scenario.stale:
            self.shelves[step] = Shelf(blood.stock.copy(), blood.arrived.copy(), blood.sent.copy())
            self.shelves.pop(step - self.scenario.stale * STEPS - 1, None)

    def learn(self, step: int, people: People) -> None:
        said, expected = people.answered
        since = self.since_shock(step)
        # Willingness changes by the day after a shock and hardly in quiet times.
        self.factor = self.factor.faded(0.85 if since is not None and since < 15 else 0.97)
        if expected > 0:
            self.factor = self.factor.updated(events=float(said), expected=float(expected))
        for n, shock in enumerate(self.scenario.shocks):
            if n not in self.declared and step >= int(shock.day * STEPS) + DECLARED:
                self.declared.add(n)
                self.factor = AFTER_SHOCK
        came, not_came = people.seen_show
        self.show = SHOW.updated(yes=came, no=not_came)
        self.accepted = ACCEPTED.updated(yes=people.seen_accepted[0], no=people.seen_accepted[1])

    def since_shock(self, step: int) -> float | None:
        """Days since the latest declared shock."""
        known = [s.day for n, s in enumerate(self.scenario.shocks) if n in self.declared]
        return step / STEPS - max(known) if known else None

    def dial(self, step: int) -> Dial:
        """By phase: a small operation asks for its own needs and leaves the country's cover alone."""
        large = [
            s.day
            for n, s in enumerate(self.scenario.shocks)
            if n in self.declared and s.admissions * self.units > NATIONAL * DAILY.sum()
        ]
        if not large:
            return QUIET_TIMES
        return OPERATION if step / STEPS - max(large) < OPERATION_DAYS else RECOVERY

    @property
    def response(self) -> Response:
        unsure = min(max(self.factor.uncertainty, 0.1), 0.6)
        return Response(min(max(self.factor.mean, 0.2), 5.0), unsure)


def walkins(people: People, knowledge: Knowledge, step: int) -> Array:
    """Expected walk-ins of the coming days, day × centre: the last session seen, fading to usual."""
    ratio = np.clip(people.seen_walkins.sum() / people.usual.sum(), 0.5, 9.0)
    since = knowledge.since_shock(step)
    if since is not None and since < 1:
        ratio = max(ratio, knowledge.scenario.surge)  # what the first day usually brings
    fade = np.exp(-np.arange(AHEAD) / (4.0 if ratio > 1 else 20.0))
    factor = 1 + (ratio - 1) * fade
    expected: Array = factor[:, None] * people.usual[None, :]
    return expected


def use(knowledge: Knowledge, step: int, extra: Array, *, foresight: bool) -> Array:
    """Forecast use a day, day × centre × group: usual use and what declared operations add."""
    days = AHEAD + 2
    daily = np.broadcast_to(MEAN, (days, *MEAN.shape)).copy()
    end = min(step + days * STEPS, extra.shape[0])
    if end > step and (knowledge.declared or foresight):
        added = np.zeros((days * STEPS, *MEAN.shape))
        added[: end - step] = extra[step:end]
        by_day = added.reshape(days, STEPS, *MEAN.shape).sum(axis=1)
        daily += by_day * (1.0 if foresight else knowledge.guess)
    return daily


def snapshot(
    *,
    step: int,
    blood: Blood,
    people: People,
    knowledge: Knowledge,
    extra: Array,
    dial: Dial,
    foresight: bool = False,
) -> Snapshot:
    day, hour = step // STEPS, 6.0 * (step % STEPS)
    sessions, index = _sessions(people, knowledge, step, day, hour)
    rate = RATE * knowledge.scenario.prior
    show, accepted = knowledge.show.mean, knowledge.accepted.mean * 0.98
    cohorts = tuple(
        Cohort(
            id=COHORT_IDS[n],
            area=CODES[CENTER[n]],
            group=GROUPS[GROUP[n]],
            askable=int(people.askable[n]),
            rate=float(rate[KIND[n]]),
            show=show,
            usable=accepted,
            first_time=bool(KIND[n]),
            rested=float(people.askable[n] / max(people.members[n], 1)),
        )
        for n in range(COHORTS)
    )
    reach = {
        code: tuple(
            (f"{CODES[c]}/{at}", float(KILOMETRES[a, c]))
            for c in NEAR[a]
            for at in range(day, day + AHEAD)
            if f"{CODES[c]}/{at}" in index
        )
        for a, code in enumerate(CODES)
    }
    quiet = tuple(
        (QUIET[0] - hour + 24.0 * n, QUIET[1] + 24.0 - hour + 24.0 * n) for n in range(-1, 3)
    )
    return Snapshot(
        centers=CENTERS,
        needs=_needs(blood, knowledge, step, extra, dial, foresight),
        sessions=sessions,
        cohorts=cohorts,
        reach=reach,
        appointments=_appointments(people, day, index, show, accepted),
        invitations=_invitations(people, step, index),
        fits=FITS,
        quiet=quiet,
        response=knowledge.response,
    )


def _sessions(
    people: People, knowledge: Knowledge, step: int, day: int, hour: float
) -> tuple[tuple[Session, ...], set[str]]:
    expected = walkins(people, knowledge, step)
    found = []
    for n in range(AHEAD):
        starts = 24.0 * n + 12.0 - hour
        if starts < 0 or (n == 0 and step % STEPS >= 2):
            continue
        for c, code in enumerate(CODES):
            # A tenth more than the usual walk-ins keep their places.
            free = int(people.places[c] - people.taken[day + n, c] - 0.1 * people.usual[c])
            # More than the places: the rest is told to come later.
            found.append(
                Session(
                    f"{code}/{day + n}",
                    code,
                    starts,
                    free,
                    float(min(expected[n, c], people.places[c])),
                )
            )
    return tuple(found), {s.id for s in found}


def _needs(
    blood: Blood, knowledge: Knowledge, step: int, extra: Array, dial: Dial, foresight: bool
) -> tuple[Need, ...]:
    stale = min(knowledge.scenario.stale * STEPS, step)
    then = knowledge.shelves.get(step - stale, Shelf(blood.stock, blood.arrived, blood.sent))
    shelf = _older(then.stock, step // STEPS - (step - stale) // STEPS)
    arrived = blood.arrived - then.arrived
    since = max(step - stale, 0)
    used = MEAN * stale / STEPS + blood.sent - then.sent
    if knowledge.declared:
        used = used + extra[since:step].sum(axis=0) * knowledge.guess
    daily = use(knowledge, step, extra, foresight=foresight)
    loads: dict[tuple[int, int], list[InTransit]] = defaultdict(list)
    for load in blood.loads:
        hours = 6.0 * (load.arrives - step)
        loads[load.center, load.group].append(InTransit(hours, float(load.bags.sum())))
    needs = []
    for c, code in enumerate(CODES):
        for g, group in enumerate(GROUPS):
            row = shelf[c, g]
            target = max(dial.target * MEAN[c, g], FLOORS[c, g])
            needs.append(
                Need(
                    center=code,
                    component="red_cells",
                    group=group,
                    target=float(target),
                    floor=float(min(max(FLOORS[c, g], dial.floor * MEAN[c, g]), target)),
                    use=tuple(daily[:, c, g].tolist()),
                    stock=tuple((int(d), float(row[d])) for d in np.flatnonzero(row)),
                    quarantined=tuple(
                        Quarantined(6.0 * n, float(bags), 1.0)
                        for n, bags in enumerate(blood.testing[:, c, g])
                        if bags
                    ),
                    in_transit=tuple(loads[c, g]),
                    spread=1.6,
                    figure_age=6.0 * stale,
                    used=float(used[c, g]),
                    arrived=float(arrived[c, g]),
                )
            )
    return tuple(needs)


def _appointments(
    people: People, day: int, index: set[str], show: float, accepted: float
) -> tuple[Appointment, ...]:
    found = []
    for n in range(AHEAD):
        if not people.taken[day + n].any():
            continue
        for c, code in enumerate(CODES):
            if not people.taken[day + n, c] or f"{code}/{day + n}" not in index:
                continue
            by_group = np.bincount(GROUP, weights=people.booked[day + n, c], minlength=len(GROUPS))
            found += [
                Appointment(f"{code}/{day + n}", GROUPS[g], float(by_group[g]), show, accepted)
                for g in np.flatnonzero(by_group)
            ]
    return tuple(found)


def _invitations(people: People, step: int, index: set[str]) -> tuple[OpenInvitation, ...]:
    asked: dict[tuple[int, str], list[tuple[float, float]]] = defaultdict(list)
    for batch in people.batches:
        silent = batch.people - batch.said
        for row in np.flatnonzero((silent > 0) & ~batch.over):
            session = f"{CODES[batch.center[row]]}/{batch.day[row]}"
            if session in index:
                asked[int(batch.cohort[row]), session].append(
                    (6.0 * (step - batch.sent), float(silent[row]))
                )
    return tuple(
        OpenInvitation(COHORT_IDS[c], session, tuple(waves))
        for (c, session), waves in asked.items()
    )
