"""The bags of one donation with their dated movements, as staff would have made them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from donors.clock.calendar import local_day
from donors.models import User

from .places import moment
from .plan import RED_CELLS, Given

WHOLE, PLASMA, PLATELETS = "WB-CPD", "FFP", "PLT-STD"
LABELLED_AFTER = timedelta(minutes=20)
RECIPES = {1: "RBC-ALONE", 2: "RBC-PLASMA", 3: "RBC-PLASMA-PLT"}


@dataclass
class Step:
    state: str
    at: datetime
    by: User | None
    reason: str = ""


@dataclass
class Pouch:
    component: str
    expires_at: datetime
    steps: list[Step] = field(default_factory=list)
    made_at: datetime | None = None

    @property
    def issued(self) -> Step | None:
        return next((step for step in self.steps if step.state == "issued"), None)


def read_at(given: Given, reading: int, now: datetime) -> datetime:
    """Times of the first and second reading, on the day after the donation."""
    at = moment(given.day + timedelta(days=1), 9 + 3 * reading)
    return min(at, now - timedelta(minutes=30 - 10 * reading))


def fill(
    given: Given,
    *,
    crew: dict[str, User],
    lives: dict[str, int],
    dice: random.Random,
    now: datetime,
) -> list[Pouch]:
    """Whole blood; on earlier days red cells always, plasma from more than half, platelets less
    often."""
    whole = _pouch(given, WHOLE, lives, given.at, crew["collection"])
    if given.day == local_day(now):
        return [whole]
    parts = [RED_CELLS, PLASMA, PLATELETS][: 3 - (dice.random() < 0.55) - (dice.random() < 0.3)]
    apart, reader = given.at + timedelta(hours=2), crew["laboratory-1"]
    recipe = RECIPES[len(parts)]
    whole.steps.append(Step("separated", apart, reader, recipe))
    pouches = [_pouch(given, part, lives, apart, reader, recipe) for part in parts]
    if given.fate == "reactive":
        for pouch in pouches:
            pouch.steps += [
                Step("blocked", read_at(given, 1, now), crew["laboratory-1"], "screening"),
                Step("discarded", read_at(given, 2, now), crew["laboratory-2"], "screening"),
            ]
    elif given.fate != "quarantined":
        released_at = moment(given.day + timedelta(days=1), 17)
        for pouch in pouches:
            pouch.steps.append(Step("released", released_at, crew["manager"]))
        if given.fate == "released":
            return [whole, *pouches]
        for pouch in pouches:
            pouch.steps.append(
                Step("available", released_at + LABELLED_AFTER, crew["laboratory-1"])
            )
        _red_cells(pouches[0], given, crew, dice, now)
        for pouch in pouches[1:]:
            _others(pouch, released_at, crew, dice, now)
    return [whole, *pouches]


def _pouch(
    given: Given, component: str, lives: dict[str, int], at: datetime, by: User, recipe: str = ""
) -> Pouch:
    last = moment(given.day + timedelta(days=lives[component]), 23)
    first = Step("quarantined", at, by, recipe)
    return Pouch(component, last + timedelta(minutes=59), [first], at if recipe else None)


def _red_cells(
    pouch: Pouch, given: Given, crew: dict[str, User], dice: random.Random, now: datetime
) -> None:
    if given.left_at is None:
        return
    if given.fate == "issued":
        _issue(pouch, given.left_at, crew, dice, now)
    elif given.fate in ("reserved", "discarded"):
        reason = "كيس متضرر" if given.fate == "discarded" else ""
        pouch.steps.append(Step(given.fate, given.left_at, crew["stock"], reason))


def _others(
    pouch: Pouch, released_at: datetime, crew: dict[str, User], dice: random.Random, now: datetime
) -> None:
    """Platelets are used in days or expire; a third of the plasma is used."""
    until = min(now, pouch.expires_at)
    expired = pouch.expires_at < now
    used = dice.random() < (0.35 if pouch.component == PLASMA else 0.85 if expired else 0.5)
    if used:
        _issue(pouch, released_at + (until - released_at) * dice.uniform(0.1, 0.9), crew, dice, now)
    elif expired:
        pouch.steps.append(Step("expired", pouch.expires_at, None))


def _issue(
    pouch: Pouch, at: datetime, crew: dict[str, User], dice: random.Random, now: datetime
) -> None:
    pouch.steps.append(Step("issued", at, crew["stock"]))
    if at < now - timedelta(days=2) and dice.random() < 0.8:
        pouch.steps.append(Step("transfused", at + timedelta(hours=20), crew["stock"]))
