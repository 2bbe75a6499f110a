"""Shelves, tests, roads and patients of the simulated country, in whole bags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from campaigns.planner import GROUPS
from campaigns.planner.compat import fits

from .world import CODES, LIFE, MEAN, STEPS, WAIT, Scenario

Ints = NDArray[np.int64]
# Other groups whose bags suit a patient: RhD-positive first, O- last.
OTHERS = tuple(
    tuple(
        sorted(
            (
                b
                for b, bag in enumerate(GROUPS)
                if bag != patient and fits("red_cells", bag, patient)
            ),
            key=lambda b: (GROUPS[b] == "O-", GROUPS[b][-1] == "-", b),
        )
    )
    for patient in GROUPS
)
TESTS = 9  # steps from a donation to the latest release: 24 to 48 hours (test_turnaround)
KEPT = 0.98  # of tested donations: reactive 0.9 % in all, and some spoilt


@dataclass(slots=True)
class Load:
    arrives: int
    center: int
    group: int
    bags: Ints  # by days left


class Blood:
    def __init__(self, rng: np.random.Generator, scenario: Scenario) -> None:
        self.rng = rng
        shape = (len(CODES), len(GROUPS), LIFE + 1)
        cover = np.full(len(GROUPS), scenario.start_cover)
        for group, share in scenario.start_groups:
            cover[GROUPS.index(group)] *= share
        wanted = rng.poisson(MEAN * cover)
        ages = rng.integers(8, LIFE - 2, size=int(wanted.sum()))
        self.stock = np.zeros(shape, dtype=np.int64)
        place = np.repeat(np.arange(wanted.size), wanted.ravel())
        np.add.at(self.stock.reshape(-1, LIFE + 1), (place, ages), 1)
        self.testing = np.zeros((TESTS + 1, len(CODES), len(GROUPS)), dtype=np.int64)
        self.testing[0] = 0
        for step in range(1, TESTS + 1):  # what was given on the days before
            self.testing[step] = rng.poisson(MEAN / STEPS * (1 - step / (TESTS + 1)))
        self.loads: list[Load] = []
        self.arrived = np.zeros(shape[:2], dtype=np.int64)  # on shelves since the start
        self.sent = np.zeros(shape[:2], dtype=np.int64)  # to other centres since the start
        self.waiting = np.zeros((WAIT, len(CODES), len(GROUPS)), dtype=np.int64)
        self.expired = 0
        self.unserved = 0
        self.bag_days_short = 0.0

    @property
    def shelf(self) -> Ints:
        shelf: Ints = self.stock.sum(axis=2)
        return shelf

    def begin(self, step: int) -> None:
        """What is released and what arrives; at midnight what is too old goes."""
        if step % STEPS == 0 and step:
            self.expired += int(self.stock[:, :, 0].sum())
            self.stock[:, :, :-1] = self.stock[:, :, 1:]
            self.stock[:, :, -1] = 0
            for load in self.loads:
                self.expired += int(load.bags[0])
                load.bags = np.append(load.bags[1:], 0)
        self.stock[:, :, LIFE - 1] += self.testing[0]
        self.arrived += self.testing[0]
        self.testing[:-1] = self.testing[1:]
        self.testing[-1] = 0
        arrived = [load for load in self.loads if load.arrives <= step]
        if arrived:
            for load in arrived:
                self.stock[load.center, load.group] += load.bags
                self.arrived[load.center, load.group] += load.bags.sum()
            self.loads = [load for load in self.loads if load.arrives > step]

    def given(self, donations: Ints) -> None:
        """Donations of centre × group begin their tests: 24 to 48 hours, even odds."""
        good = self.rng.binomial(donations, KEPT)
        left = good
        for n, step in enumerate(range(3, 8)):
            part = self.rng.binomial(left, 1 / (5 - n))
            self.testing[step] += part
            left = left - part

    def serve(self, requests: Ints) -> None:
        """Requests of this step and those waiting get bags; who waited a day goes without."""
        self.waiting[0] += requests
        want = self.waiting.sum(axis=0)
        missing = want - self._issue(want)
        for center, group in np.argwhere(missing > 0):
            for other in OTHERS[group]:
                # The last O- bags are for those who can have nothing else.
                spare = int(self.stock[center, other].sum())
                if GROUPS[other] == "O-":
                    spare -= int(np.ceil(MEAN[center, other]))
                bags = min(spare, int(missing[center, group]))
                if bags > 0:
                    self._take(center, other, bags)
                    missing[center, group] -= bags
        # The oldest requests were served first: what is missing stands in the newest places.
        left = missing
        for age in range(WAIT):
            kept = np.minimum(self.waiting[age], left)
            self.waiting[age] = kept
            left = left - kept
        self.bag_days_short += float(missing.sum()) / STEPS
        self.unserved += int(self.waiting[-1].sum())
        self.waiting[1:] = self.waiting[:-1].copy()
        self.waiting[0] = 0

    def _issue(self, want: Ints) -> Ints:
        before = np.cumsum(self.stock, axis=2)
        out = np.minimum(before, want[:, :, None])
        self.stock -= np.diff(out, axis=2, prepend=0)
        issued: Ints = out[:, :, -1]
        return issued

    def _take(self, center: int, group: int, bags: int, least: int = 0) -> Ints:
        """Bags off a shelf, earliest expiry first."""
        row = self.stock[center, group]
        usable = row.copy()
        usable[:least] = 0
        out = np.diff(np.minimum(np.cumsum(usable), bags), prepend=0)
        row -= out
        taken: Ints = out
        return taken

    def send(self, *, source: int, target: int, group: int, bags: int, arrives: int) -> int:
        out = self._take(source, group, bags, least=2)
        self.sent[source, group] += out.sum()
        if out.any():
            self.loads.append(Load(arrives, target, group, out))
        return int(out.sum())
