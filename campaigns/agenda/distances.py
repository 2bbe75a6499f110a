"""Approximate distances in Morocco, accurate enough to find the nearest."""

from __future__ import annotations

import math
from typing import Protocol

KM_PER_DEGREE = 111
# A degree of longitude is shorter than one of latitude; this is Morocco's mean.
SHRINK = 0.85
NEAR_KM = 100  # further nobody is asked to come: the bag travels, not the person


class Placed(Protocol):
    @property
    def latitude(self) -> float: ...

    @property
    def longitude(self) -> float: ...


def kilometres(one: Placed, other: Placed) -> float:
    north = one.latitude - other.latitude
    east = (one.longitude - other.longitude) * SHRINK
    return KM_PER_DEGREE * math.hypot(north, east)
