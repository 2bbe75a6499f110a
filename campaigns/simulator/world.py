"""The simulated country: centres, use, people, and the parameters drawn for one run.

Red cells only: they are what is short, and the planner's other components have tests of their own.
Steps are six hours; a day begins at midnight and its session stands at noon. Figures with a
source name it; the others are assumptions and say so.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from campaigns.planner import GROUPS, MOROCCAN_FREQUENCIES, Center
from campaigns.planner.forecast import Array
from campaigns.planner.places import kilometres

STEPS = 4  # a day
LIFE = 42  # days: RBC-SAGM, components.csv
SHARE = np.array([MOROCCAN_FREQUENCIES[g] for g in GROUPS]) / sum(MOROCCAN_FREQUENCIES.values())
CENTRES_CSV = Path(__file__).parents[2] / "centers/data/transfusion_centres.csv"

# Bags a day. National 700 to 1,100 (disaster_parameters.csv, demand_units_per_day_morocco); the
# shares are an assumption after the population served.
USE = {
    "CRTS-CAS": 300, "CRTS-RAB": 140, "CRTS-MAR": 90, "CRTS-FES": 80, "CRTS-AGD": 60,
    "CRTS-TNG": 60, "CRTS-MEK": 55, "CRTS-OUJ": 45, "CRTS-TET": 35, "CRTS-BEM": 30,
    "CRTS-SET": 25, "CRTS-NAD": 20, "CRTS-ERR": 15, "BS-TAZ": 15, "CRTS-OUA": 12,
    "BS-KHO": 10, "CRTS-HOC": 8, "CRTS-GUE": 8, "CRTS-LAA": 8, "CRTS-DAK": 4,
}  # fmt: skip
STEP_SHARE = np.array([0.10, 0.35, 0.35, 0.20])  # of a day's use; an assumption
USE_SPREAD = 1.6  # variance over mean of the issues of a step; an assumption
UNITS_PER_PATIENT = 2.5  # an assumption
WAIT = 4  # steps a request waits before the patient goes without; an assumption

REGISTER = 150_000  # people who may be asked at the start; an assumption
REGULAR = 0.28  # share of them: morocco_blood_stats.csv, 2019
RATE = np.array([0.08, 0.038])  # chance of a yes, regular and first-time: 5 % in all, as today's
# engine assumes (appeal_sms_response_7d, an assumption from 1 to 15 %)
REST_ASKED = 15  # days: fourteen after a message, two in thirty (campaigns.recruiting)
REST_GAVE = 75  # days: 62 for men and 92 for women (eligibility_criteria.csv, MA-INTERVAL)


def centers() -> tuple[Center, ...]:
    with CENTRES_CSV.open(encoding="utf-8") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    return tuple(Center(c, float(rows[c]["lat"]), float(rows[c]["lon"])) for c in USE)


CENTERS = centers()
CODES = tuple(c.id for c in CENTERS)
DAILY = np.array([float(USE[c]) for c in CODES])
MEAN = DAILY[:, None] * SHARE[None, :]  # bags a day, centre × group
KILOMETRES = np.array([[kilometres(a, b) for b in CENTERS] for a in CENTERS])


@dataclass(frozen=True, slots=True)
class Shock:
    """Extra use after ``day`` (a fraction is the hour), at some centres, in red cells."""

    day: float
    stricken: tuple[tuple[str, float], ...]
    admissions: float
    first_day: float = 0.4  # share; 0.67 to 0.84 in explosions, less after earthquakes (6.1)
    decay: float = 4.0  # days of the rest; Marmara: most in the first week
    groups: tuple[str, ...] = GROUPS


@dataclass(frozen=True, slots=True)
class Dip:
    """Days in which fewer walk in (a holiday, Ramadan, a slump), and what share of them is left."""

    begin: int
    end: int
    left: float


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    title: str
    shocks: tuple[Shock, ...] = ()
    dips: tuple[Dip, ...] = ()
    places: float = 1.6  # of a centre's usual walk-ins, and six more
    surge: float = (
        2.4  # times the usual walk-ins after a shock (1.7 to 8.2: surge_factor_first_day)
    )
    days: int = 120
    start_cover: float = 7.0  # days: the national safety stock (stock_min_days)
    start_groups: tuple[tuple[str, float], ...] = ()  # share of it that rare groups have
    # Sensitivity: what is true against what is believed.
    response: float = 1.0
    delay: float = 1.0
    excited: float = 1.0  # extra willingness after a shock, times its usual one
    prior: float = 1.0  # what the planner believes of the rate, times the truth's mean
    stale: int = 0  # days the shelf figures are old
    news: int | None = None  # day on which everybody answers after the evening news


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so in this run, and nobody in it knows."""

    rate: Array
    show: float
    accepted: float
    excited: float
    excited_days: float
    surge: float
    supply: float
    units_per_admission: float
    guess: float


def draw(rng: np.random.Generator, scenario: Scenario) -> Truth:
    """Triangular draws on published ranges (disaster_parameters.csv), assumptions on the rest."""
    rate = RATE * float(np.exp(rng.normal(0.0, 0.25))) * scenario.response
    return Truth(
        rate=rate,
        show=float(rng.triangular(0.59, 0.70, 0.85)),
        accepted=float(rng.triangular(0.70, 0.87, 0.91)),
        excited=1 + (float(rng.triangular(1.5, 3.0, 4.5)) - 1) * scenario.excited,
        excited_days=float(rng.triangular(2.0, 4.0, 7.0)),
        surge=scenario.surge * float(rng.triangular(0.7, 1.0, 1.6)),
        supply=float(rng.uniform(0.95, 0.99)),
        units_per_admission=float(rng.triangular(1.2, 1.8, 3.9)),
        guess=float(np.exp(rng.normal(0.15, 0.35))),
    )


def extra_use(scenario: Scenario, *, units: float) -> Array:
    """Expected extra bags per step × centre × group of all shocks."""
    steps = scenario.days * STEPS
    extra = np.zeros((steps, len(CODES), len(GROUPS)))
    for shock in scenario.shocks:
        begin = math.floor(shock.day * STEPS)
        after = np.arange(steps - begin) / STEPS
        curve = np.where(after < 1, shock.first_day / STEPS, 0.0)
        rest = np.where(after >= 1, np.exp(-(after - 1) / shock.decay), 0.0)
        curve = curve + rest / max(rest.sum(), 1e-9) * (1 - shock.first_day)
        share = np.array([SHARE[n] * (g in shock.groups) for n, g in enumerate(GROUPS)])
        for code, weight in shock.stricken:
            total = shock.admissions * units * weight
            extra[begin:, CODES.index(code)] += total * curve[:, None] * share / share.sum()
    return extra
