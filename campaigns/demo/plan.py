"""How much each centre collects, issues and stocks, and which products are short."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from centers.models import Center, Component, Floor
from donors.reference import group_frequencies

from .places import LONG_AGO, Calendar, moment

RED_CELLS = "RBC-SAGM"
# Red cells issued per day, a tenth or less of what the real centres issue.
DAILY = {
    "CRTS-CAS": 3.0, "CRTS-MAR": 2.0, "CRTS-RAB": 2.0, "CRTS-AGD": 1.6, "CRTS-FES": 1.4,
    "CRTS-TNG": 1.0, "CRTS-MEK": 0.8, "CRTS-OUJ": 0.6, "BS-TAZ": 0.6,
}  # fmt: skip


@dataclass(frozen=True)
class Shelf:
    level: int
    routine: int
    relief: int
    ceiling: int


SHORT = {
    ("CRTS-MAR", "O+"): Shelf(2, 1, 6, 12),
    ("CRTS-MAR", "O-"): Shelf(0, 0, 3, 6),
    ("CRTS-MAR", "A+"): Shelf(1, 1, 4, 9),
    ("CRTS-AGD", "O+"): Shelf(2, 1, 5, 10),
    ("CRTS-AGD", "O-"): Shelf(1, 1, 2, 5),
    ("CRTS-AGD", "A+"): Shelf(1, 1, 3, 8),
}


@dataclass
class Given:
    """A planned donation: where, when, of which group, and what became of its red cells.

    ``readings`` is how many people have read the tests so far; ``left_at`` when the red cells were
    issued.
    """

    center: str
    group: str
    at: datetime
    fate: str
    readings: int = 2
    left_at: datetime | None = None
    donor: int | None = None

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)


class Plan:
    def __init__(
        self, *, sessions: Calendar, dice: random.Random, scale: float, now: datetime
    ) -> None:
        self.sessions, self.dice, self.scale, self.now = sessions, dice, scale, now
        self.today = timezone.localdate(now)
        self.groups = {group: float(p) / 100 for group, p in group_frequencies().items()}

    def shelf(self, center: str, group: str) -> Shelf:
        """Sufficient stock is three to nine days over a floor of two and a half."""
        if (center, group) in SHORT:
            return SHORT[center, group]
        daily = DAILY[center] * self.scale * self.groups[group]
        routine, relief = max(int(daily * 1.5), daily > 0.15), int(daily)
        floor = routine + relief
        level = max(floor + 1 if floor else 0, round(daily * self.dice.uniform(3.5, 9)))
        return Shelf(level, routine, relief, floor + max(2, math.ceil(daily * 3)))

    def draw(self) -> tuple[list[Given], dict[tuple[str, str], Shelf]]:
        given, shelves = [], {}
        for center in DAILY:
            for group, share in self.groups.items():
                shelves[center, group] = shelf = self.shelf(center, group)
                issued = self._whole(DAILY[center] * self.scale * share * 28)
                given += [self._left(center, group) for _bag in range(issued)]
                given += [self._kept(center, group) for _bag in range(shelf.level)]
        for center in DAILY:
            given += [self._waiting(center, 1, reading) for reading in (0, 1)]
            given.append(self._kept(center, self._group(), fate="reserved"))
        given += [self._kept("CRTS-CAS", self._group(), fate="reactive") for _bag in range(2)]
        given += [self._kept(c, self._group(), fate="discarded") for c in ("CRTS-RAB", "CRTS-FES")]
        given += [self._waiting("BS-TAZ", 1, reading) for reading in (0, 0, 1, 1, 2, 2)]
        given.append(self._waiting("BS-TAZ", 2, 2, "released"))
        given += [self._waiting("BS-TAZ", 0, 0) for _bag in range(4)]
        return given, shelves

    def of_long_ago(self, *, center: str, group: str, donor: int) -> Given:
        at = moment(self.today - timedelta(days=LONG_AGO), 10.5)
        return Given(center, group, at, "issued", left_at=at + timedelta(days=9), donor=donor)

    def _left(self, center: str, group: str) -> Given:
        """Issue times: where stock is short, half of the bags left in the last days."""
        rush = (center, group) in SHORT and self.dice.random() < 0.5
        left_at = self.now - timedelta(days=self.dice.uniform(0, 4 if rush else 27.9))
        at = self._collected(center, left_at - timedelta(days=self.dice.randrange(3, 14)))
        return Given(center, group, at, "issued", left_at=left_at)

    def _kept(self, center: str, group: str, fate: str = "available") -> Given:
        at = self._collected(center, self.now - timedelta(days=self.dice.randrange(3, 26)))
        return Given(center, group, at, fate, left_at=self.now - timedelta(hours=20))

    def _waiting(self, center: str, days: int, readings: int, fate: str = "quarantined") -> Given:
        if days:
            at = self._collected(center, self.now - timedelta(days=days))
        else:
            opened = self.sessions[center, self.today].starts_at
            at = opened + (self.now - opened) * self.dice.uniform(0.1, 0.8)
        return Given(center, self._group(), at, fate, readings)

    def _collected(self, center: str, at: datetime) -> datetime:
        """A time in the working hours of that day, or of the working day before it."""
        day = timezone.localdate(at)
        while (center, day) not in self.sessions:
            day -= timedelta(days=1)
        return moment(day, self.dice.uniform(9, 16))

    def _group(self) -> str:
        return self.dice.choices(("O+", "A+", "B+"), (5, 3, 1))[0]

    def _whole(self, expected: float) -> int:
        return int(expected) + (self.dice.random() < expected % 1)


def load_floors(
    *, centers: dict[str, Center], shelves: dict[tuple[str, str], Shelf]
) -> list[Floor]:
    """Rare groups first, so that their alerts open and ask before the common ones."""
    red_cells = Component.objects.get(code=RED_CELLS)
    return Floor.objects.bulk_create(
        Floor(
            center=centers[code],
            component=red_cells,
            blood_group=group,
            routine=shelf.routine,
            relief=shelf.relief,
            ceiling=shelf.ceiling,
        )
        for (code, group), shelf in sorted(shelves.items(), key=lambda s: s[0][1].endswith("+"))
    )
