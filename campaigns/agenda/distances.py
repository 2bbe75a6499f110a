"""Distances in Morocco, good enough to say what is nearest."""

from __future__ import annotations

from typing import Protocol

KM_PER_DEGREE = 111
# A degree of longitude is shorter than one of latitude; this is Morocco's mean.
SHRINK = 0.85


class Placed(Protocol):
    latitude: float
    longitude: float


def kilometres(one: Placed, other: Placed) -> float:
    north = one.latitude - other.latitude
    east = (one.longitude - other.longitude) * SHRINK
    return KM_PER_DEGREE * (north**2 + east**2) ** 0.5
