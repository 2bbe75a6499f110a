"""Bags held by the database because their donor's group is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from centers.models import Bag, GroupDoubt, Movement, Request, Reservation
from donors.models import Donor

from . import stock_levels

HELD = gettext_noop(
    "The group of this donor is in doubt: all their bags are held until the doctor has settled it."
)


def is_in_doubt(donor: Donor) -> bool:
    return GroupDoubt.objects.open_for(donor).exists()


def in_doubt(donors: Iterable[Donor]) -> set[int]:
    """Which of these rows are of a person whose group is in doubt."""
    persons = {donor.pk: donor.merged_into_id or donor.pk for donor in donors}
    found = set(GroupDoubt.objects.people()) if persons else set()
    return {pk for pk, person in persons.items() if person in found}


def review(*, donor: Donor, now: datetime) -> None:
    """Review the floors of the bags that the database has just held, if any."""
    if not is_in_doubt(donor):
        return
    held = Bag.objects.filter(
        donation__donor__in=donor.person.linked_rows(), state=Bag.State.BLOCKED
    )
    held = held.exclude(blood_group="").select_related("center", "component")
    levels = {(b.center_id, b.component_id, b.blood_group): b for b in held.order_by("pk")}
    for _level, bag in sorted(levels.items()):
        stock_levels.review(
            center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
        )


def taken_away(requests: QuerySet[Request]) -> QuerySet[Reservation]:
    """Reservations of open, unfilled requests that ended because their bag was blocked."""
    live = Count("reservations", filter=Q(reservations__ended_at=None), distinct=True)
    gone = Count("issues", filter=Q(issues__returned=None), distinct=True)
    open_ones = requests.filter(closed_at=None).alias(live=live, gone=gone)
    lacking = open_ones.filter(count__gt=F("live") + F("gone")).order_by().values("pk")
    blocked = Movement.objects.filter(
        bag=OuterRef("bag"), from_state="reserved", to_state="blocked", at=OuterRef("ended_at")
    )
    rows = Reservation.objects.filter(Exists(blocked), request__in=lacking)
    rows = rows.select_related("bag__donation", "bag__component", "request")
    return rows.order_by("ended_at", "pk")
