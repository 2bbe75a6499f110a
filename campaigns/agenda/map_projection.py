"""A flat map of Morocco: positions of places, and grouping of places too near to tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from donors.models import Province

from . import outlines
from .distances import SHRINK, Placed
from .listing import MOST_IN_TOWN, Town
from .outlines import Box

# The map reaches from Lagouira to Tangier and from the ocean to Figuig, in degrees.
WEST, EAST, SOUTH, NORTH = -17.4, -0.8, 20.6, 36.2
SCALE = 60
WIDTH, HEIGHT = round((EAST - WEST) * SHRINK * SCALE), round((NORTH - SOUTH) * SCALE)
# Two markers nearer than this could not both be tapped on a narrow phone.
APART = 72
# Of a province's longer side, shown around it.
MARGIN = 0.35

# Width and height that the name of a town needs.
NAME = 190, 40

Place = TypeVar("Place")
T = TypeVar("T", bound=Placed)


@dataclass(frozen=True)
class Point:
    x: float
    y: float

    @property
    def svg(self) -> str:
        """Where a mark is moved; a string, because templates write numbers as the reader does."""
        return f"translate({self.x} {self.y})"


def point(place: Placed) -> Point:
    """Equirectangular; x grows to the east in every language, a map is not mirrored."""
    x = (place.longitude - WEST) * SHRINK * SCALE
    y = (NORTH - place.latitude) * SCALE
    return Point(round(x, 1), round(y, 1))


@dataclass(frozen=True)
class View:
    """The part of the map that a page draws; marks are ``scale`` times their size in the country's
    map, so that they look alike on every page."""

    box: Box
    province: Province | None = None

    @property
    def scale(self) -> float:
        return self.box.width / WIDTH

    @property
    def svg(self) -> str:
        return f"scale({self.scale:.4f})"

    @property
    def view_box(self) -> str:
        box = self.box
        return f"{box.x:.1f} {box.y:.1f} {box.width:.1f} {box.height:.1f}"

    def shown(self, places: Iterable[T]) -> list[Spot[T]]:
        """The places within this part; one whose name would cover another's is not named."""
        found: list[Spot[T]] = []
        for place in sorted(places, key=lambda place: place != self.province):
            at = point(place)
            if self.box.contains(at.x, at.y):
                free = not any(spot.named and self._covers(spot.at, at) for spot in found)
                found.append(Spot(place, at, named=free and self.province is not None))
        return found

    def _covers(self, one: Point, other: Point) -> bool:
        wide, high = NAME[0] * self.scale, NAME[1] * self.scale
        return abs(one.x - other.x) < wide and abs(one.y - other.y) < high


@dataclass(frozen=True)
class Spot(Generic[T]):
    place: T
    at: Point
    named: bool


COUNTRY = View(Box(0, 0, WIDTH, HEIGHT))


def of(province: Province | None) -> View:
    """The country, or a province with its neighbours around it."""
    if province is None:
        return COUNTRY
    box = outlines.boxes()[province.code]
    return View(box.around(margin=MARGIN, shape=WIDTH / HEIGHT), province)


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
    places: Iterable[Place], at: Callable[[Place], Placed], apart: float = APART
) -> list[tuple[Point, list[Place]]]:
    """The first place keeps its position; a later one too near to be tapped apart joins it."""
    made: list[tuple[Point, list[Place]]] = []
    for place in places:
        here = point(at(place))
        near = next(
            (found for to, found in made if (to.x - here.x) ** 2 + (to.y - here.y) ** 2 < apart**2),
            None,
        )
        if near is None:
            made.append((here, [place]))
        else:
            near.append(place)
    return made


def markers(places: Iterable[Town], view: View = COUNTRY) -> list[Marker]:
    """The busiest place keeps its position."""
    found = gathered(places, lambda town: town.at, APART * view.scale)
    return [Marker(number, at, towns) for number, (at, towns) in enumerate(found, 1)]
