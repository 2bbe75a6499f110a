"""A flat map of Morocco: positions of places, and grouping of places too near to tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from donors.models import Province

from .distances import SHRINK, Placed
from .listing import MOST_IN_TOWN, Town

# The map reaches from Lagouira to Tangier and from the ocean to Figuig, in degrees.
WEST, EAST, SOUTH, NORTH = -17.4, -0.8, 20.6, 36.2
SCALE = 60
WIDTH, HEIGHT = round((EAST - WEST) * SHRINK * SCALE), round((NORTH - SOUTH) * SCALE)
# Two markers nearer than this could not both be tapped on a narrow phone.
APART = 72

Place = TypeVar("Place")


@dataclass(frozen=True)
class Point:
    x: int
    y: int


def point(place: Placed) -> Point:
    """Equirectangular; x grows to the east in every language, a map is not mirrored."""
    x = (place.longitude - WEST) * SHRINK * SCALE
    y = (NORTH - place.latitude) * SCALE
    return Point(round(x), round(y))


def ground(provinces: Iterable[Province]) -> list[Point]:
    """The chief towns from north to south: a broad line through them approximates the country's
    shape."""
    return sorted((point(province) for province in provinces), key=lambda at: (at.y, at.x))


@dataclass
class Marker:
    """Towns that share a marker, the one with most campaigns first."""

    number: int
    at: Point
    towns: list[Town]

    @property
    def count(self) -> int:
        return sum(town.count for town in self.towns)

    @property
    def at_least(self) -> bool:
        return any(town.count >= MOST_IN_TOWN for town in self.towns)

    @property
    def more(self) -> bool:
        return any(town.more for town in self.towns)

    @property
    def free(self) -> int:
        return sum(town.free for town in self.towns)

    @property
    def radius(self) -> int:
        return min(40, 24 + 2 * self.count)


def gathered(
    places: Iterable[Place], at: Callable[[Place], Placed]
) -> list[tuple[Point, list[Place]]]:
    """The first place keeps its position; a later one too near to be tapped apart joins it."""
    made: list[tuple[Point, list[Place]]] = []
    for place in places:
        here = point(at(place))
        near = next(
            (found for to, found in made if (to.x - here.x) ** 2 + (to.y - here.y) ** 2 < APART**2),
            None,
        )
        if near is None:
            made.append((here, [place]))
        else:
            near.append(place)
    return made


def markers(places: Iterable[Town]) -> list[Marker]:
    """The busiest town keeps its position."""
    found = gathered(places, lambda town: town.province)
    return [Marker(number, at, towns) for number, (at, towns) in enumerate(found, 1)]
