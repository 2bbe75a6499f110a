"""Stock counts by hand, and the stock at any past moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from centers.models import Bag, Center, Component, CountedBag, StockCount, StockLevel
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import BloodGroup, User

from . import shelf_checks, stock, stock_levels

ON_SHELF = (
    Bag.State.QUARANTINED,
    Bag.State.RELEASED,
    Bag.State.AVAILABLE,
    Bag.State.RESERVED,
    Bag.State.BLOCKED,
)


def begin(*, center: Center, component: Component, by: User, now: datetime) -> StockCount:
    with refusing():
        return StockCount.objects.create(
            center=center, component=component, started_at=now, started_by=by
        )


def scan(*, count: StockCount, bag: Bag, by: User, now: datetime) -> None:
    if count.finished_at:
        raise Refused(_("This count is finished."))
    if bag.component_id != count.component_id:
        raise Refused(_("This bag is of another product than the one that is counted."), "number")
    with refusing():
        expected = _here(count).filter(pk=bag.pk).exists()
        CountedBag.objects.create(count=count, bag=bag, expected=expected, at=now, by=by)


def _here(count: StockCount) -> QuerySet[Bag]:
    """Bags that the ledger has on these shelves now."""
    return Bag.objects.filter(
        center=count.center_id, component=count.component_id, state__in=ON_SHELF
    )


@dataclass(frozen=True)
class Differences:
    """``missing``: in the ledger, not scanned. ``strange``: scanned, not in the ledger's stock at
    that moment. They no longer change once a count is finished."""

    missing: list[Bag]
    strange: list[Bag]

    def __bool__(self) -> bool:
        return bool(self.missing or self.strange)


def differences(count: StockCount) -> Differences:
    rows = CountedBag.objects.filter(count=count)
    bags = Bag.objects.select_related("donation", "component").order_by("expires_at", "pk")
    missing = bags.filter(pk__in=rows.filter(scanned=False).values("bag"))
    if not count.finished_at:
        missing = bags.filter(pk__in=_here(count)).exclude(pk__in=rows.values("bag"))
    strange = bags.filter(pk__in=rows.filter(scanned=True, expected=False).values("bag"))
    return Differences(missing=list(missing), strange=list(strange))


def finish(*, count: StockCount, sure: bool, by: User, now: datetime) -> Differences:
    """Finish a count. Differences need confirmation (``sure``) and are then settled bag by bag.

    Only a count without differences makes the product's figures as recent as now, and answers the
    request to look at them.
    """
    with refusing():
        found = differences(count)
        if found and not sure:
            raise Refused(_("Something differs. Look again, then say that everything was scanned."))
        open_ = StockCount.objects.filter(pk=count.pk, finished_at=None)
        if not open_.update(
            finished_at=now, missing=len(found.missing), strange=len(found.strange)
        ):
            raise Refused(_("This count is finished."))
        CountedBag.objects.bulk_create(
            CountedBag(count=count, bag=bag, scanned=False, expected=True, at=now, by=by)
            for bag in found.missing
        )
        if not found:
            levels = StockLevel.objects.filter(center=count.center_id, component=count.component_id)
            levels.update(checked_at=now)
            shelf_checks.answer_all(center=count.center, component=count.component, by=by, now=now)
    return found


def declare_lost(*, count: StockCount, bag: Bag, by: User, now: datetime) -> None:
    """Remove a missing bag from the ledger, unless it was moved since."""
    if bag.movements.filter(at__gt=count.finished_at).exists():
        raise Refused(_("This bag was seen since the count. Look at its way."))
    with refusing():
        stock.move(bag=bag, to=Bag.State.DISCARDED, by=by, reason="lost")
        stock_levels.review(
            center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
        )


STATES = ("quarantined", "available", "reserved", "in_transit")
# The last movement of every bag before the moment; a bag's label does not change once set.
AS_OF = """
SELECT blood_group, to_state, count(*) FROM (
    SELECT DISTINCT ON (m.bag_id) m.bag_id, m.to_state, m.center_id, b.blood_group
    FROM centers_movement m JOIN centers_bag b ON b.id = m.bag_id
    WHERE b.component_id = %(component)s AND m.at <= %(moment)s
        AND b.collected_on <= %(day)s
    ORDER BY m.bag_id, m.seq DESC
) last
WHERE center_id = %(center)s AND to_state IN ('quarantined', 'available', 'reserved', 'in_transit')
GROUP BY 1, 2
"""


def as_of(*, center: Center, component: Component, moment: datetime) -> dict[str, dict[str, int]]:
    """Bags of each group by state, according to the ledger at a moment."""
    levels = {group: dict.fromkeys(STATES, 0) for group in ["", *BloodGroup.values]}
    with connection.cursor() as cursor:
        cursor.execute(
            AS_OF,
            {
                "center": center.pk,
                "component": component.pk,
                "moment": moment,
                "day": local_day(moment),
            },
        )
        for group, state, bags in cursor.fetchall():
            levels[group][state] = bags
    return levels
