"""People of the simulated country: who may be asked, who answers, books, comes and gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from campaigns.planner import GROUPS
from campaigns.planner.forecast import Array
from campaigns.planner.response import ANSWER, VISIT

from .world import (
    CODES,
    DAILY,
    REGISTER,
    REGULAR,
    REST_ASKED,
    REST_GAVE,
    SHARE,
    STEPS,
    Scenario,
    Truth,
)

Ints = NDArray[np.int64]
KINDS = 2  # regular, first-time
HORIZON = 16  # steps after which an invitation is silent for good
BOOK_AHEAD = 10  # days in which somebody is offered another place
SHAPE = (len(CODES), len(GROUPS), KINDS)
COHORTS = int(np.prod(SHAPE))
CENTER = np.repeat(np.arange(len(CODES)), len(GROUPS) * KINDS)
GROUP = np.tile(np.repeat(np.arange(len(GROUPS)), KINDS), len(CODES))
KIND = np.tile(np.arange(KINDS), len(CODES) * len(GROUPS))


@dataclass(slots=True)
class Batch:
    """One sending: people of cohorts asked to a session (centre and day), and when they say yes."""

    sent: int
    cohort: Ints
    center: Ints
    day: Ints
    people: Ints
    yes: Ints  # rows × HORIZON, still to come
    said: Ints
    booked: bool
    over: NDArray[np.bool_]


class People:
    def __init__(self, rng: np.random.Generator, scenario: Scenario, truth: Truth) -> None:
        self.rng, self.scenario, self.truth = rng, scenario, truth
        days = scenario.days + REST_GAVE + BOOK_AHEAD + 2
        weight = (DAILY / DAILY.sum())[CENTER] * SHARE[GROUP]
        weight = weight * np.array([REGULAR, 1 - REGULAR])[KIND]
        self.askable = rng.multinomial(REGISTER, weight / weight.sum()).astype(np.int64)
        self.members = self.askable.copy()
        self.start = float(self.askable.sum())
        self.back = np.zeros((days, COHORTS), dtype=np.int64)
        usual = DAILY * truth.supply / 0.85
        self.usual = usual
        self.places = np.ceil(usual * scenario.places).astype(np.int64) + 6
        self.booked = np.zeros((days, len(CODES), COHORTS), dtype=np.int16)
        self.taken = np.zeros((days, len(CODES)), dtype=np.int64)
        self.coming = np.zeros((days, len(CODES), COHORTS), dtype=np.int16)  # without a place
        self.batches: list[Batch] = []
        shares = np.array(
            [ANSWER.slowed(scenario.delay).share(6.0 * n) for n in range(HORIZON + 1)]
        )
        self.curve = np.diff(shares)
        self.visit = np.diff([VISIT.share(24.0 * n) for n in range(9)])
        self.messages: list[tuple[int, int]] = []
        self.yeses = self.no_place = self.turned_away = self.displaced = self.redirected = 0
        self.seen_walkins = usual.copy()
        self.seen_show = [0, 0]  # came, did not
        self.seen_accepted = [0, 0]
        self.answered = np.zeros(2)  # yeses of the last step, and those expected at the usual rate

    def morning(self, day: int) -> None:
        self.askable += self.back[day]

    def willingness(self, step: int) -> float:
        """How much more often people say yes now than usually."""
        factor = 1.0
        for shock in self.scenario.shocks:
            since = step / STEPS - shock.day
            if since >= 0:
                raised = (self.truth.excited - 1) * np.exp(-since / self.truth.excited_days)
                factor = max(factor, 1 + float(raised))
        if self.scenario.news is not None and 0 <= step / STEPS - self.scenario.news < 1:
            factor *= 4.0
        return factor

    def ask(
        self, step: int, cohort: Ints, center: Ints, day: Ints, people: Ints, *, book: bool
    ) -> None:
        """Messages leave; each person's answer is drawn now and told when it is given."""
        if not people.sum():
            return
        order = np.argsort(cohort, kind="stable")
        cohort, center, day, people = cohort[order], center[order], day[order], people[order]
        before = np.zeros(COHORTS, dtype=np.int64)
        for n, c in enumerate(cohort):  # nobody is asked who may not be
            people[n] = min(int(people[n]), int(self.askable[c] - before[c]))
            before[c] += people[n]
        self.askable -= before
        chance = np.minimum(self.truth.rate[KIND[cohort]] * self.willingness(step), 0.95)
        total = self.rng.binomial(people, chance)
        yes = np.zeros((cohort.size, HORIZON), dtype=np.int64)
        left, rest = total.copy(), 1.0
        for n, share in enumerate(self.curve):
            part = self.rng.binomial(left, min(share / rest, 1.0))
            yes[:, n], left, rest = part, left - part, rest - share
        said = np.zeros(cohort.size, dtype=np.int64)
        over = np.zeros(cohort.size, dtype=bool)
        self.batches.append(Batch(step, cohort, center, day, people, yes, said, book, over))
        np.add.at(self.back[step // STEPS + REST_ASKED], cohort, people - total + left)
        self.messages.append((step, int(people.sum())))

    def stand_down(self, batch: Batch, row: int, people: int) -> None:
        """So many of the silent are told that they are no longer needed; their yes is not asked."""
        silent = int(batch.people[row] - batch.said[row])
        if silent <= 0 or people <= 0:
            return
        part = min(people / silent, 1.0)
        gone = self.rng.binomial(batch.yes[row], part)
        batch.yes[row] -= gone
        batch.people[row] -= people
        if part >= 1.0:
            batch.over[row] = True
        # They were asked, so they rest as the silent do.
        self.back[batch.sent // STEPS + REST_ASKED, batch.cohort[row]] += int(gone.sum())

    def answers(self, step: int) -> Ints:
        """Yeses of this step: a place, another one, or none. Returns yeses by group."""
        by_group = np.zeros(len(GROUPS), dtype=np.int64)
        said = expected = 0.0
        for batch in self.batches:
            age = step - batch.sent - 1
            if not 0 <= age < HORIZON:
                continue
            now = batch.yes[:, age]
            live = ~batch.over
            expected += float(
                ((batch.people - batch.said) * self.believed[KIND[batch.cohort]] * live).sum()
                * self.expected_curve[age]
            )
            said += float(now.sum())
            batch.said += now
            for row in np.flatnonzero(now):
                count = int(now[row])
                by_group[GROUP[batch.cohort[row]]] += count
                self.yeses += count
                place = self._book if batch.booked else self._come
                place(
                    step, int(batch.cohort[row]), int(batch.center[row]), int(batch.day[row]), count
                )
            batch.yes[:, age] = 0
        self.batches = [b for b in self.batches if step - b.sent <= HORIZON]
        self.answered = np.array([said, expected])
        return by_group

    believed: Array = np.array([0.08, 0.038])
    expected_curve: Array = np.diff([ANSWER.share(6.0 * n) for n in range(HORIZON + 1)])

    def _book(self, step: int, cohort: int, center: int, day: int, count: int) -> None:
        first = step // STEPS + (1 if step % STEPS >= 2 else 0)
        days = [max(day, first), *range(first, first + BOOK_AHEAD)]
        for at in days:
            # The usual places of walk-ins are not given away.
            free = int(self.places[center] - self.taken[at, center] - 1.1 * self.usual[center])
            part = min(count, max(free, 0))
            if part:
                self.booked[at, center, cohort] += part
                self.taken[at, center] += part
                count -= part
            if not count:
                return
        self.no_place += count
        self.back[step // STEPS + REST_ASKED, cohort] += count

    def _come(self, step: int, cohort: int, center: int, _day: int, count: int) -> None:
        """Who has no place comes when it suits, or does not."""
        come = self.rng.binomial(count, self.truth.show)
        self.back[step // STEPS + REST_ASKED, cohort] += count - come
        first = step // STEPS + (1 if step % STEPS >= 2 else 0)
        when = self.rng.multinomial(come, self.visit / self.visit.sum())
        self.coming[first : first + when.size, center, cohort] += when.astype(np.int16)

    def walkin_factor(self, day: int) -> float:
        factor = 1.0
        for shock in self.scenario.shocks:
            since = day + 0.5 - shock.day
            if since >= 0:
                factor = max(factor, 1 + (self.truth.surge - 1) * float(np.exp(-since / 4.0)))
        for dip in self.scenario.dips:
            if dip.begin <= day < dip.end:
                factor *= dip.left
        return factor

    def session(self, day: int) -> Ints:
        """Noon: who comes, who finds a place, who gives. Donations by centre × group."""
        rng, truth = self.rng, self.truth
        given = np.zeros((len(CODES), len(GROUPS)), dtype=np.int64)
        walkins = rng.poisson(
            self.usual * self.walkin_factor(day) * rng.gamma(100, 0.01, len(CODES))
        )
        self.seen_walkins = walkins.astype(float)
        booked = self.booked[day].astype(np.int64)
        came = rng.binomial(booked, truth.show)
        self.seen_show = [
            self.seen_show[0] + int(came.sum()),
            self.seen_show[1] + int((booked - came).sum()),
        ]
        self.back[day + REST_ASKED] += (booked - came).sum(axis=0)
        unbooked = self.coming[day].astype(np.int64)
        for center in range(len(CODES)):
            places = int(self.places[center])
            left = max(places - int(self.taken[day, center]), 0)
            loose, walk = int(unbooked[center].sum()), int(walkins[center])
            inside = min(left, loose + walk)
            loose_in = int(rng.hypergeometric(loose, walk, inside)) if loose + walk else 0
            walk_in = inside - loose_in
            self.turned_away += loose - loose_in
            without_us = min(places, walk)
            self.displaced += max(without_us - walk_in, 0)
            self.redirected += walk - without_us
            accepted = came[center]
            if loose:
                chosen = rng.multivariate_hypergeometric(unbooked[center], loose_in)
                self.back[day + REST_ASKED] += unbooked[center] - chosen
                accepted = accepted + chosen
            gives = rng.binomial(accepted, truth.accepted)
            self.back[day + REST_ASKED] += accepted - gives
            self.back[day + REST_GAVE] += gives
            self.seen_accepted[0] += int(gives.sum())
            self.seen_accepted[1] += int((accepted - gives).sum())
            given[center] += np.bincount(GROUP, weights=gives, minlength=len(GROUPS)).astype(
                np.int64
            )
            given[center] += rng.multinomial(rng.binomial(walk_in, 0.87), SHARE)
        return given
