"""What the planner decides, in numbers that a person can check."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transfer:
    """Bags to propose to both managers; ``cover`` is days of use before and after, each side.

    ``expiring`` is true where the bags would probably expire on the sender's shelf.
    """

    source: str
    target: str
    component: str
    group: str
    bags: int
    kilometres: float
    source_cover: tuple[float, float]
    target_cover: tuple[float, float]
    source_reserve: float
    expiring: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """``people`` of a cohort to invite to a session, ``hours`` from now."""

    cohort: str
    session: str
    hours: float
    people: int
    expected_yeses: float
    expected_donations: float


@dataclass(frozen=True, slots=True)
class StandDown:
    """Silent people who are no longer needed: the invitation ends, with a word of thanks."""

    cohort: str
    session: str
    people: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """One need at one checkpoint: expected stock beyond use, its 90 % band, chance of no lack."""

    center: str
    component: str
    group: str
    hours: float
    expected: float
    low: float
    high: float
    probability: float


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Bags that neither a transfer nor asking can bring by then; said, not hidden."""

    center: str
    component: str
    group: str
    hours: float
    bags: float


@dataclass(frozen=True, slots=True)
class Decisions:
    """``cost`` is the price of these decisions in messages, shortage included; ``bound`` is that of
    the same plan in fractions of people and bags, which no plan can undercut (with the solver)."""

    transfers: tuple[Transfer, ...]
    invitations: tuple[Invitation, ...]
    stand_downs: tuple[StandDown, ...]
    confirm: tuple[str, ...]  # centres asked to confirm their shelf
    forecasts: tuple[Forecast, ...]
    uncovered: tuple[Uncovered, ...]
    cost: float
    bound: float
    solver: str
    digest: str
    words: tuple[str, ...]

    @property
    def people(self) -> int:
        return sum(i.people for i in self.invitations)
