"""Stale figures: the centre is asked to look at the shelf before anything is decided by them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from centers.models import Center, Component, ShelfCheck, StockLevel
from donors.errors import Refused, refusing
from donors.models import User


def ask(*, center: Center, component: Component, now: datetime) -> ShelfCheck:
    """The open request about this shelf; asking again changes nothing."""
    with refusing():
        of = {"center": center, "component": component, "answered_at": None}
        return ShelfCheck.objects.get_or_create(**of, defaults={"asked_at": now})[0]


def answer(*, check: ShelfCheck, by: User, now: datetime) -> None:
    """A person looked: the shelf is as shown, and the figures of the product are as recent as now."""
    with refusing():
        if not answer_all(center=check.center, component=check.component, by=by, now=now):
            raise Refused(_("Somebody has answered this already."))
        levels = StockLevel.objects.filter(center=check.center, component=check.component)
        levels.update(checked_at=now)


def answer_all(
    *, center: Center, by: User, now: datetime, component: Component | None = None
) -> int:
    """Close what is open about one product, or all of the centre, where it was looked at otherwise:
    by a count without differences, or by a check of all its figures."""
    rows = ShelfCheck.objects.filter(center=center, answered_at=None)
    rows = rows.filter(component=component) if component else rows
    return rows.update(answered_at=now, answered_by=by)


def waiting(center: Center) -> QuerySet[ShelfCheck]:
    """Open requests, the oldest first; ``as_of`` is the product's oldest figure, None without one."""
    figures = StockLevel.objects.filter(center=center, component=OuterRef("component"))
    oldest = (
        figures.order_by()
        .values("component")
        .annotate(oldest=Min(Greatest("changed_at", "checked_at")))
    )
    rows = ShelfCheck.objects.filter(center=center, answered_at=None)
    rows = rows.annotate(as_of=Subquery(oldest.values("oldest")))
    return rows.select_related("component").order_by("asked_at", "pk")


def set_stale_after(*, center: Center, hours: int) -> None:
    """From which age, in hours, a figure of the centre is stale."""
    with refusing():
        Center.objects.filter(pk=center.pk).update(stale_after_hours=hours)
