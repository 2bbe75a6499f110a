"""What the planner has to reach, scenario by scenario, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass

from .many import Table

QUAKES = ("haouz", "night", "two", "beds", "surge")
UNSERVED = {"surge": 0.4, "local": 0.10, "rare": 0.10, "holiday": 0.10}  # of A; else 0.35
MESSAGES = {"haouz": 0.35, "night": 0.35, "two": 0.40, "beds": 0.20, "surge": 0.20}  # of A
LOWEST = dict.fromkeys(QUAKES, 6.0) | {"slump": 4.8, "holiday": 3.0}  # days
UNBOUND = ("stress", "trough")  # made to be lost
CLOSE = 0.5  # patients: below half of one, a ratio of means says nothing


@dataclass(frozen=True, slots=True)
class Goal:
    scenario: str
    what: str
    value: float
    limit: float
    at_most: bool = True

    @property
    def met(self) -> bool:
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    def row(self) -> tuple[str, str, str, str, str]:
        sign = "≤" if self.at_most else "≥"
        met = "met" if self.met else "**not met**"
        return self.scenario, self.what, f"{self.value:,.2f}", f"{sign} {self.limit:,.2f}", met


def goals(table: Table) -> list[Goal]:
    """Every goal of the nine scenarios and their sensitivities whose policies were run."""
    found: list[Goal] = []
    for scenario in dict.fromkeys(scenario for scenario, _policy in table):
        if (scenario, "ours") in table and scenario.split("-")[0] not in UNBOUND:
            found += _of(table, scenario)
    return found


def _of(table: Table, scenario: str) -> list[Goal]:
    def mean(policy: str, figure: str) -> float:
        return table[scenario, policy][figure].mean

    def at_most(what: str, figure: str, limit: float) -> None:
        found.append(Goal(scenario, what, mean("ours", figure), limit))

    found: list[Goal] = []
    ran = {policy for name, policy in table if name == scenario}
    base = scenario.split("-")[0]
    if "A" in ran:
        share = UNSERVED.get(base, 0.35)
        at_most(f"patients unserved, {share} × A", "unserved", share * mean("A", "unserved"))
        if base in MESSAGES:
            limit = MESSAGES[base] * mean("A", "messages_14")
            at_most(f"messages in 14 days, {MESSAGES[base]} × A", "messages_14", limit)
        if base in QUAKES:
            at_most("bags expired, 0.25 × A", "expired", 0.25 * mean("A", "expired"))
    if "A+" in ran:
        limit = 1.05 * mean("A+", "unserved") + CLOSE
        at_most("patients unserved, 1.05 × A+ and half a patient", "unserved", limit)
    if base not in MESSAGES:
        limit = 0.4 * mean("ours", "yeses")
        at_most("yeses beyond need, 40 % of yeses", "beyond", limit)
    if "C" in ran:
        at_most("messages in 120 days, a sixth of C", "messages", mean("C", "messages") / 6)
    if "none" in ran and base not in QUAKES:
        at_most("bags expired, asking nobody + 15", "expired", mean("none", "expired") + 15)
    at_most("asked people turned away at the door", "turned_away", 0.0)
    share = 0.03 if base == "beds" else 0.001
    at_most(
        f"yeses without a place, {share:.1%} of yeses", "no_place", share * mean("ours", "yeses")
    )
    if base in LOWEST:
        low = mean("ours", "lowest_week")
        found.append(Goal(scenario, "lowest week of cover, days", low, LOWEST[base], at_most=False))
    found.append(
        Goal(scenario, "readiness at its lowest", mean("ours", "readiness"), 0.4, at_most=False)
    )
    if "greedy" in ran:
        limit = mean("greedy", "unserved") + CLOSE
        at_most("patients unserved, the greedy fallback's", "unserved", limit)
    return found
