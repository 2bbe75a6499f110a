"""The country with need and free places at each centre."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Sum

from campaigns.agenda import map_projection
from campaigns.agenda.map_projection import Point
from centers.models import Center, Family, Session, Slot

from .promises import SOON
from .scopes import Key, Scope


@dataclass
class Spot:
    """A centre: groups short, by family; free places in the coming 72 hours; bags promised."""

    center: Center
    free: int = 0
    promised: float = 0.0
    groups: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def needs(self) -> int:
        return sum(len(groups) for groups in self.groups.values())

    @property
    def short(self) -> list[tuple[str, list[str]]]:
        return [(str(Family(family).label), groups) for family, groups in self.groups.items()]

    @property
    def latitude(self) -> float:
        return self.center.latitude

    @property
    def longitude(self) -> float:
        return self.center.longitude


@dataclass(frozen=True)
class Mark:
    at: Point
    spots: list[Spot]

    @property
    def needs(self) -> int:
        return sum(spot.needs for spot in self.spots)

    @property
    def free(self) -> int:
        return sum(spot.free for spot in self.spots)

    @property
    def radius(self) -> int:
        return min(40, 24 + self.needs)


def free_places(*, scope: Scope, now: datetime) -> Counter[str]:
    """Places that nobody holds in the coming 72 hours, by centre's code."""
    rows = (
        Slot.objects.filter(
            scope.sessions(),
            session__state__in=Session.LIVE,
            starts_at__gt=now,
            starts_at__lt=now + SOON,
            taken__lt=F("places"),
        )
        .values_list("session__center__code")
        .annotate(left=Sum(F("places") - F("taken")))
        .order_by()
    )
    return Counter(dict(rows))


def spots(
    *,
    scope: Scope,
    needs: Iterable[Key],
    free: Counter[str],
    promised: dict[tuple[str, str], float],
) -> list[Spot]:
    """Centres with a need, a free place or a promise, most needs first."""
    found = {code: Spot(center, free[code]) for code, center in scope.centers.items()}
    for code, family, group in sorted(needs):
        found[code].groups[family].append(group)
    for (code, _group), bags in promised.items():
        if code in found:
            found[code].promised += bags
    shown = [spot for spot in found.values() if spot.needs or spot.free or spot.promised]
    return sorted(shown, key=lambda spot: (-spot.needs, -spot.free, spot.center.code))


def marks(found: Iterable[Spot]) -> list[Mark]:
    return [Mark(at, near) for at, near in map_projection.gathered(found, lambda spot: spot)]
