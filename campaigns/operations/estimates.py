"""What an operation is expected to need: by component, group, centre and day, each with its band.

The planning figures are per admission to hospital; natural disasters are left out of the series behind
them, so for an earthquake every figure is the best there is, not a measurement.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from campaigns.models import Estimate, Operation, StandingOrder
from campaigns.planner.snapshot import GROUPS, MOROCCAN_FREQUENCIES
from centers.models import Center
from donors.errors import refusing
from donors.models import User

from .operations import Phase, running
from .parameters import Parameter, parameter

Level = StandingOrder.Level
FAMILIES = ("red_cells", "platelets", "plasma")
FIRST_DAY = 24.0  # hours
DAYS = 14
# Assumption: after the first day each day uses this share of the day before it.
FADES_TO = 0.75
CASUALTIES = (Operation.Kind.ACCIDENT, Operation.Kind.OTHER)
Key = tuple[int, str, str]  # centre, family, group


@dataclass(frozen=True)
class Band:
    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Need:
    """Bags (platelets: adult doses) of one component and group over the whole curve."""

    family: str
    group: str
    low: float
    value: float
    high: float


def admissions(*, basis: str, counted: int) -> Band:
    """Expected admissions from the injured or the dead, by the ratios of earthquake planning."""
    rate, injured = parameter("quake_admission_rate"), parameter("quake_injury_to_death_ratio")
    if basis == Estimate.Basis.ADMISSIONS:
        return Band(counted, counted, counted)
    if basis == Estimate.Basis.DEATHS:
        per = Band(injured.low, injured.value, injured.high)
    else:
        per = Band(1, 1, 1)
    return Band(
        math.floor(counted * per.low * rate.low),
        math.ceil(round(counted * per.value * rate.value, 6)),
        math.ceil(round(counted * per.high * rate.high, 6)),
    )


def sources(family: str) -> tuple[Parameter, Parameter, Parameter]:
    """Where low, expected and high bags per admission come from: what 32 events used (median),
    what blood centres are advised to plan, what 24 earlier events used (or 87 % of them)."""
    low, value, high = {
        "red_cells": (
            "rbc_units_per_admission_event_wide_median",
            "rbc_units_per_admission_planning",
            "rbc_units_per_admission_cover87pct",
        ),
        "platelets": (
            "platelet_doses_per_admission_event_wide_median",
            "plan_platelet_doses_per_admission_blood_centre",
            "platelet_doses_per_admission",
        ),
        "plasma": (
            "plasma_units_per_admission_event_wide_median",
            "plan_plasma_per_admission_blood_centre",
            "plasma_units_per_admission",
        ),
    }[family]
    return parameter(low), parameter(value), parameter(high)


def per_admission(family: str) -> Band:
    low, value, high = sources(family)
    return Band(low.value, value.value, high.value)


def first_day(kind: str) -> float:
    """Share used in the first 24 h: the middle of what was published, its low end for disasters
    whose patients are found over days."""
    published = parameter("share_of_rbc_used_first_24h")
    return published.value if kind in CASUALTIES else published.low


def curve(*, first_day: float, first_hours: float = 0.0) -> list[list[float]]:
    """[hours, share used by then] over fourteen days, fading after the first day.

    ``first_hours`` is the share used in the first two hours; 0 spreads the first day evenly.
    """
    points: list[list[float]] = [[0, 0]]
    if 0 < first_hours < first_day:
        points.append([2, first_hours])
    points.append([FIRST_DAY, first_day])
    fading = [FADES_TO**day for day in range(1, DAYS)]
    used = first_day
    for day, part in enumerate(fading, start=2):
        used += (1 - first_day) * part / sum(fading)
        points.append([FIRST_DAY * day, min(1.0, round(used, 6))])
    points[-1][1] = 1.0
    return points


def used_between(points: list[list[float]], begin: float, end: float) -> float:
    """The share of everything that is used between two hours of the curve."""
    return max(0.0, _used_by(points, end) - _used_by(points, begin))


def _used_by(points: list[list[float]], hours: float) -> float:
    if hours <= points[0][0]:
        return 0.0
    for (earlier, less), (later, more) in zip(points, points[1:], strict=False):
        if hours <= later:
            return less + (more - less) * (hours - earlier) / (later - earlier)
    return 1.0


def group_shares(family: str, *, first: bool) -> dict[str, float]:
    """Shares of the groups. On the first day half of the red cells are group O (Soffer 2008), since
    patients are treated before their group is known; else as frequent as among Moroccans."""
    if not first or family != "red_cells":
        return dict(MOROCCAN_FREQUENCIES)
    wanted = parameter("share_of_units_group_O").value
    of_o = sum(share for group, share in MOROCCAN_FREQUENCIES.items() if group.startswith("O"))
    whole = sum(MOROCCAN_FREQUENCIES.values())
    return {
        group: share * (wanted / of_o if group.startswith("O") else (1 - wanted) / (whole - of_o))
        for group, share in MOROCCAN_FREQUENCIES.items()
    }


def expected(
    estimate: Estimate, *, begin: float, end: float, level: str = Level.VALUE
) -> dict[tuple[str, str], float]:
    """Bags of each family and group used between two hours after the estimate's beginning."""
    suffix = "" if level == Level.VALUE else f"_{level}"
    patients = getattr(estimate, f"admissions{suffix}")
    early = used_between(estimate.curve, min(begin, FIRST_DAY), min(end, FIRST_DAY))
    late = used_between(estimate.curve, max(begin, FIRST_DAY), max(end, FIRST_DAY))
    found = {}
    for family in FAMILIES:
        bags = patients * float(getattr(estimate, f"{family}{suffix}"))
        at_first, after = group_shares(family, first=True), group_shares(family, first=False)
        for group in GROUPS:
            found[family, group] = bags * (early * at_first[group] + late * after[group])
    return found


def need(estimate: Estimate) -> list[Need]:
    """Every component and group over the whole curve."""
    low, value, high = (
        expected(estimate, begin=0, end=FIRST_DAY * DAYS, level=level)
        for level in (Level.LOW, Level.VALUE, Level.HIGH)
    )
    return [Need(*key, low[key], value[key], high[key]) for key in value]


def weights(estimate: Estimate) -> dict[str, float]:
    """The share of the patients by centre code; together 1."""
    whole = sum(estimate.weights.values())
    return {code: weight / whole for code, weight in estimate.weights.items()}


def hours_since(estimate: Estimate, now: datetime) -> float:
    return (now - estimate.starts_at).total_seconds() / 3600


def in_force() -> list[Estimate]:
    """The last estimate of each operation in alert or response."""
    found = [operation.estimates.last() for operation in running(Phase.ALERT, Phase.RESPONSE)]
    return [estimate for estimate in found if estimate]


def extra_use(*, now: datetime, days: int) -> dict[Key, tuple[float, ...]]:
    """Expected extra issues of each coming day (24 h from ``now``), summed over the operations."""
    found = in_force()
    keys = dict(Center.objects.values_list("code", "pk")) if found else {}
    total: dict[Key, list[float]] = defaultdict(lambda: [0.0] * days)
    for estimate in found:
        since = hours_since(estimate, now)
        for day in range(days):
            begin = since + FIRST_DAY * day
            used = expected(estimate, begin=begin, end=begin + FIRST_DAY)
            for code, share in weights(estimate).items():
                for (family, group), bags in used.items():
                    total[keys[code], family, group][day] += share * bags
    return {key: tuple(use) for key, use in total.items()}


def unsaved(
    *,
    operation: Operation,
    basis: str,
    counted: int,
    starts_at: datetime,
    first_day_share: Decimal,
    weights: Mapping[str, int],
    bags: Mapping[str, Decimal],
    by: User,
    now: datetime,
    because: str = "",
    admissions_low: int | None = None,
    admissions_high: int | None = None,
) -> Estimate:
    """An estimate to look at before it is made. ``first_day_share`` is in per cent; ``bags`` are per
    admission, by the names of the model's fields.

    A low or high number of admissions replaces what follows from the count.
    """
    band = admissions(basis=basis, counted=counted)
    share = float(first_day_share) / 100
    at_once = parameter("share_of_units_used_first_2h").value
    sudden = operation.kind in CASUALTIES
    return Estimate(
        operation=operation,
        made_at=now,
        by=by,
        because=because.strip(),
        basis=basis,
        counted=counted,
        starts_at=starts_at,
        admissions=int(band.value),
        admissions_low=int(band.low if admissions_low is None else admissions_low),
        admissions_high=int(band.high if admissions_high is None else admissions_high),
        curve=curve(first_day=share, first_hours=at_once if sudden else 0.0),
        weights={code: weight for code, weight in weights.items() if weight},
        **bags,
    )


def make(*, estimate: Estimate) -> Estimate:
    """Keep a version; the one before stays."""
    with refusing():
        estimate.save(force_insert=True)
    return estimate
