"""How many people to ask: the need divided by the measured yield, with every figure recorded."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.db.models import F, Sum

from centers.models import Center, Session, Slot

PARAMETERS = Path(__file__).parents[1] / "data" / "disaster_parameters.csv"
HORIZON = timedelta(hours=72)


@dataclass(frozen=True)
class Parameter:
    """A figure with its source; ``assumed`` where no source was found."""

    value: float
    assumed: bool
    source: str


@cache
def parameter(name: str) -> Parameter:
    with PARAMETERS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["parameter"] == name:
                assumed = row["verified"] == "no"
                return Parameter(float(row["value"]), assumed, row["source"])
    raise KeyError(name)


def usable_per_pledge() -> float:
    """Mean number of usable bags of one component per booked person."""
    shows = parameter("appointment_show_rate").value
    accepted = 1 - parameter("deferral_rate_general").value
    kept = 1 - parameter("rbc_wastage_rate").value
    return shows * accepted * kept


def answers_per_message() -> float:
    """Share of people asked who come; an assumption until this product has measured it."""
    return parameter("appeal_sms_response_7d").value


def free_places(center: Center, now: datetime) -> int:
    """Free places at the centre's sessions within the duration of an appeal."""
    slots = Slot.objects.filter(
        session__center=center,
        session__state__in=Session.LIVE,
        starts_at__gt=now,
        starts_at__lte=now + HORIZON,
    )
    return slots.aggregate(free=Sum(F("places") - F("taken")))["free"] or 0


def size(*, needed: int, free: int) -> dict[str, float]:
    """Pledges wanted for a need in bags, at most the number of places; with the calculation."""
    wanted = math.ceil(needed / usable_per_pledge())
    return {
        "needed_bags": needed,
        "usable_per_pledge": round(usable_per_pledge(), 3),
        "pledges_for_need": wanted,
        "free_places_72h": free,
        "pledges_wanted": min(wanted, free),
        "answers_per_message": answers_per_message(),
        "answers_assumed": parameter("appeal_sms_response_7d").assumed,
    }


def wave_size(*, gap: int) -> int:
    """People to ask so that about ``gap`` of them book."""
    return math.ceil(gap / answers_per_message())
