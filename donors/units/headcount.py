"""Members of units, counted so that no difference between shown figures reveals a small group."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from donors.models import Membership, Unit
from donors.people.privacy import few, total


@dataclass(frozen=True)
class Headcount:
    """``own``: of the unit itself; ``below``: of its whole subtree. None for fewer than five."""

    unit: Unit
    own: int | None
    below: int | None


def of(units: list[Unit]) -> list[Headcount]:
    """The members of each visible unit by its path, in two queries whatever the size of the
    tree."""
    inside = Q(pk__in=[])
    for unit in units:
        inside |= Q(path__startswith=unit.path)
    members = Membership.objects.active(timezone.localdate())
    counted = members.filter(unit__in=Unit.objects.filter(inside).values("pk"))
    cells = dict(counted.order_by().values_list("unit__path").annotate(count=Count("pk")))
    return [
        Headcount(
            unit,
            few(cells.get(unit.path, 0)),
            total(count for path, count in cells.items() if path.startswith(unit.path)),
        )
        for unit in units
    ]
