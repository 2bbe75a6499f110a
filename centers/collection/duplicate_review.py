"""Comparison of two rows that may be one person, by staff who know the people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from centers.inventory import held_bags
from centers.models import Appointment, Donation, Visit
from centers.sessions import waiting_list
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import Channel, Donor, Duplicate, Merge, User
from donors.people import duplicates, identity, privacy

LAST_OF_CARD = 3


@dataclass(frozen=True)
class Side:
    """What distinguishes one row from the other; of a document only its last characters."""

    donor: Donor
    in_doubt: bool
    document: str
    addresses: list[str]
    donations: int
    last_on: date | None
    centers: list[str]


def side(donor: Donor) -> Side:
    given = Donation.objects.filter(donor__in=donor.linked_rows())
    visits = Visit.objects.filter(donor__in=donor.linked_rows()).select_related("session__center")
    return Side(
        donor=donor,
        in_doubt=held_bags.is_in_doubt(donor),
        document=identity.open_document(donor)[-LAST_OF_CARD:],
        addresses=[
            _end_of(address)
            for address in donor.contacts.filter(removed_at=None)
            .exclude(channel=Channel.PUSH)
            .order_by("pk")
            .values_list("address", flat=True)
        ],
        donations=given.count(),
        last_on=given.aggregate(last=Max("collected_on"))["last"],
        centers=sorted({visit.session.center.name for visit in visits}),
    )


def _end_of(address: str) -> str:
    if "@" in address:
        name, domain = address.split("@", 1)
        return f"{name[:2]}…@{domain}"
    return f"…{address[-4:]}"


def compare(*, pair: Duplicate, by: User, now: datetime) -> tuple[Side, Side]:
    """Both rows side by side, the one with more history first (it is the one to keep); logged for
    both."""
    for donor in (pair.one, pair.other):
        privacy.log_access(donor=donor, by=by, reason="compared two records")
    sides = sorted(
        (side(pair.one), side(pair.other)), key=lambda s: (-s.donations, s.donor.registered_at)
    )
    return sides[0], sides[1]


@retried_on_conflict
def settle(*, pair: Duplicate, same: bool, because: str, by: User, now: datetime) -> None:
    """Same person: the rows are joined and the longer history is kept. Different people: never
    asked again."""
    if pair.settled_at:
        raise Refused(_("Somebody has compared these two already."))
    with refusing():
        if not same:
            duplicates.settle_different(one=pair.one, other=pair.other, by=by, now=now)
            return
        _nobody_is_here(pair)
        rows = sorted(
            (pair.one, pair.other),
            key=lambda d: (-Donation.objects.filter(donor=d).count(), d.registered_at),
        )
        places = Appointment.objects.live().filter(donor__in=[pair.one, pair.other])
        held = list(places.values_list("pk", flat=True))
        joined = duplicates.merge(kept=rows[0], gone=rows[1], by=by, because=because, now=now)
        held_bags.review(donor=joined.kept, now=now)
        _offer_what_was_given_back(held, now)


def _offer_what_was_given_back(held: list[int], now: datetime) -> None:
    """The database has given back all but one of the places."""
    free = Appointment.objects.filter(pk__in=held).exclude(state__in=Appointment.LIVE)
    for place in free.select_related("slot__session"):
        waiting_list.offer(slot=place.slot, now=now)


def _nobody_is_here(pair: Duplicate) -> None:
    """Refuses while one of them is in a running session: joining would miss that visit."""
    open_visits = Visit.objects.filter(donor__in=[pair.one, pair.other], session__state="open")
    if open_visits.filter(donation=None).exclude(outcome__in=["deferred", "left"]).exists():
        raise Refused(_("One of them is at a session just now. Wait until the visit is over."))


def part(*, merge: Merge, because: str, by: User, now: datetime) -> None:
    with refusing():
        duplicates.part(merge=merge, by=by, because=because, now=now)
