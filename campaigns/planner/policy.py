"""Every knob of the planner, with its unit and where its value comes from.

Prices are in messages: 1 is the price of one ordinary message. "Simulated" means: chosen because it
did best in ``campaigns.simulator``; docs/simulation.md keeps those figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .response import ANSWER, DelayCurve

Recipe = tuple[tuple[str, float], ...]  # (component, bags of it from one donation)


def _recipes() -> dict[str, tuple[Recipe, ...]]:
    # One whole-blood donation serves several needs at once, in one of these ways. Five
    # whole-blood platelets make an adult dose; the figure counts bags, as components.csv does.
    return {
        "whole_blood": (
            (("red_cells", 1.0), ("platelets", 1.0), ("plasma", 1.0)),
            (("red_cells", 1.0), ("platelets", 1.0), ("cryoprecipitate", 1.0)),
            (("whole_blood", 1.0),),
        ),
        "platelet_apheresis": ((("platelets", 5.0),),),
        "plasma_apheresis": ((("plasma", 2.0),),),
    }


def _release() -> dict[str, float]:
    # disaster_parameters.csv, test_turnaround: 36 h, from 24 to 48. Platelets live five days and
    # are tested first; plasma is frozen meanwhile.
    return {
        "red_cells": 36.0,
        "whole_blood": 36.0,
        "platelets": 30.0,
        "plasma": 36.0,
        "cryoprecipitate": 48.0,
    }


def _rarity() -> dict[str, float]:
    # Price of spending one donation of the group. Roughly 0.6 / frequency (MOROCCAN_FREQUENCIES):
    # an O- bag is dearer than asking for two A+ bags at 5 %. An assumption.
    return {
        "O+": 2.0,
        "O-": 50.0,
        "A+": 2.0,
        "A-": 20.0,
        "B+": 4.0,
        "B-": 30.0,
        "AB+": 8.0,
        "AB-": 30.0,
    }


@dataclass(frozen=True, slots=True)
class Shortage:
    """Price of a missing bag by how deep it is missing; of the first three over the whole horizon.

    Assumptions, in messages: the order matters, the figures little. A bag costs 20 to 40 messages
    to ask for, so the last ones of the target are only asked for where that is cheap.
    """

    target: float = 120.0  # between floor and target
    floor: float = 400.0  # of the floor and of the relief reserve
    spread: float = 600.0  # of the margin above the expected use
    use: float = 2000.0  # of the expected use: somebody goes without; priced once
    deep: float = 4000.0  # of missed use beyond half of what is expected

    def __post_init__(self) -> None:
        """A patient is never traded for stock: ValueError where missed use would be cheaper."""
        if not self.target + self.floor + self.spread <= self.use <= self.deep:
            raise ValueError("missed use has to be dearer than all other shortage together")


@dataclass(frozen=True, slots=True)
class Policy:
    """What is wanted, what it may cost, and what is never done."""

    # When a need is looked at, hours from now.
    checkpoints: tuple[float, ...] = (24.0, 48.0, 84.0, 144.0, 240.0)
    # Probability of cover inside the lead time (asking.md: 90 %), and up to when that is, hours:
    # answer + session + test, the time in which asking or sending can still act.
    service: float = 0.90
    lead_time: float = 84.0
    # Beyond it: mean use and this share of it more (asking.md, point 3).
    margin: float = 0.05
    # A transfer never fills a centre beyond this quantile of its use (asking.md, point 1), and
    # never leaves the sender under the same quantile of the days below.
    transfer_service: float = 0.70
    transport: float = 12.0  # hours, door to door; an assumption for the longest roads
    sender_days: float = 3.0  # own cover that stays: transport and the lead time of asking
    # Bags with so few days left go where they will be used (asking.md, point 4: over 30 of 42).
    old_days_left: int = 12
    # Chance that yeses and walk-ins outnumber the places of a session, so that somebody who says yes
    # is offered another time. It is the cap on expected yeses of a session. Simulated: at 1 % a
    # country with few beds left its places empty and ran dry.
    turned_away: float = 0.05
    # Invitations go to sessions that start between these, hours from now; a message for a later
    # one leaves so many hours before it.
    earliest: float = 6.0
    latest: float = 168.0
    ahead: float = 120.0
    curve: DelayCurve = ANSWER
    message: float = 1.0
    first_time: float = 0.3  # more, for a first-time donor spent
    # Readiness: below this share of a cohort that is rested a message grows dearer, to about a quarter
    # of so many times more at first and three quarters below half of the share: targets are
    # asked of the first part only, floors of the second too, patients' bags of everybody.
    ready: float = 0.7
    scarcity: float = 12.5
    kilometre: float = 0.1  # for one km of a person who comes (a bag pays ``bag_kilometre``)
    bag: float = 3.0  # for moving a bag at all
    bag_kilometre: float = 0.03
    kept: float = 0.002  # for an open invitation kept open: nothing is kept without a use
    shortage: Shortage = field(default_factory=Shortage)
    rarity: dict[str, float] = field(default_factory=_rarity)
    recipes: dict[str, tuple[Recipe, ...]] = field(default_factory=_recipes)
    release: dict[str, float] = field(default_factory=_release)
    # Share of what could still be used before it expires that a stock may be filled to.
    expiry_margin: float = 0.8
    ask: bool = True  # False: transfers only
    solver: str = "highs"  # or "greedy"
    # Whether the greedy plan is made as well, and the better one stands, where whole people and bags
    # cost this share more than the solver's fractions. Below it greedy can win no more than that.
    compare: bool = True
    rounding: float = 0.02
    # Then the greedy plan stands. Iterations, so that a busy machine does not change a plan; the
    # seconds are for a machine that hangs.
    iterations: int = 200_000
    interior: int = 5_000  # rows of a programme from which the interior point is the faster one
    time_limit: float = 60.0
