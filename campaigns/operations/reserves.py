"""Relief reserves that follow from the estimates: what each centre needs before asking can help."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from campaigns.models import Estimate, StandingOrder
from centers.models import Center, Family, Floor

from . import estimates, orders
from .estimates import Key

# Hours from an invitation to a bag that may be issued: answer and session 48 h (half of those who
# come do so within two days, an assumption), laboratory 36 h (``test_turnaround``).
LEAD_HOURS = 84


def of(estimate: Estimate, *, now: datetime) -> dict[Key, float]:
    """One operation's: the centre's share of what is needed in the coming lead time, at the level its
    order names. What should have been used by now counts no more; what was really used for its
    patients is not told apart from daily issues."""
    order = orders.current(operation=estimate.operation, now=now)
    level = order.reserve_level if order else StandingOrder.Level.VALUE
    since = max(0.0, estimates.hours_since(estimate, now))
    used = estimates.expected(estimate, begin=since, end=since + LEAD_HOURS, level=level)
    keys = dict(Center.objects.values_list("code", "pk"))
    return {
        (keys[code], family, group): share * bags
        for code, share in estimates.weights(estimate).items()
        for (family, group), bags in used.items()
    }


def reserves(*, now: datetime) -> dict[Key, int]:
    """Whole bags by centre, family and group, over all operations in alert or response."""
    total: dict[Key, float] = defaultdict(float)
    for estimate in estimates.in_force():
        for key, bags in of(estimate, now=now).items():
            total[key] += bags
    return rounded(total)


def rounded(bags: dict[Key, float]) -> dict[Key, int]:
    """To the nearest bag: rounding each of the eight groups up would add four bags a component."""
    return {key: int(count + 0.5) for key, count in bags.items() if count >= 0.5}


@dataclass(frozen=True)
class Reserve:
    """``held`` is the relief reserve of the centre's floors for the component, all groups together."""

    center: Center
    family: str
    suggested: int
    held: int

    @property
    def label(self) -> str:
        return str(Family(self.family).label)


def beside_floors(estimate: Estimate, *, now: datetime) -> list[Reserve]:
    """What follows from one estimate beside the floors in force; the centre with the most first."""
    suggested: dict[tuple[int, str], int] = defaultdict(int)
    for (center, family, _group), bags in rounded(of(estimate, now=now)).items():
        suggested[center, family] += bags
    places = {center for center, _family in suggested}
    floors = Floor.objects.filter(center__in=places).order_by()
    rows = floors.values_list("center", "component__family").annotate(bags=Sum("relief"))
    held = {(center, family): bags for center, family, bags in rows}
    centers = Center.objects.in_bulk(places)
    found = [
        Reserve(centers[center], family, bags, held.get((center, family), 0))
        for (center, family), bags in suggested.items()
    ]
    most: dict[int, int] = defaultdict(int)
    for (center, _family), bags in suggested.items():
        most[center] += bags
    return sorted(found, key=lambda r: (-most[r.center.pk], r.center.code, -r.suggested, r.family))
