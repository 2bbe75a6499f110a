"""Kilometres between centres."""

from __future__ import annotations

import numpy as np

from .forecast import Array
from .snapshot import Center, Need

EARTH = 6371.0  # km
ROADS = 1.3  # road kilometres per kilometre as the crow flies; an assumption


def kilometres(a: Center, b: Center) -> float:
    """Road kilometres between two centres, estimated from the great circle."""
    la, lb = np.radians(a.latitude), np.radians(b.latitude)
    half = (lb - la) / 2, np.radians(b.longitude - a.longitude) / 2
    chord = np.sin(half[0]) ** 2 + np.cos(la) * np.cos(lb) * np.sin(half[1]) ** 2
    return float(2 * EARTH * np.arcsin(np.sqrt(chord)) * ROADS)


class Distances:
    def __init__(self, centers: tuple[Center, ...]) -> None:
        self.centers = {center.id: center for center in centers}

    def between(self, a: str, b: str) -> float:
        return kilometres(self.centers[a], self.centers[b])

    def hub(self, needs: tuple[Need, ...]) -> str:
        """The centre that uses most, by which haulage is priced and old bags are used up."""
        use: dict[str, float] = dict.fromkeys(sorted(self.centers), 0.0)
        for need in needs:
            use[need.center] += sum(need.use)
        return max(use, key=lambda center: use[center])

    def from_hub(self, needs: tuple[Need, ...]) -> Array:
        """For every need the kilometres of its centre from the hub."""
        if not needs:
            return np.zeros(0)
        hub = self.hub(needs)
        far = {center: self.between(center, hub) for center in self.centers}
        return np.array([far[need.center] for need in needs])
