"""People whose place changed and whom no message reaches: the staff of the centre telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from campaigns.models import Notification
from centers.models import Appointment, Center, Session
from donors.models import Channel, Contact, User
from donors.people import privacy

MOST = 100
KINDS = ("session_moved", "session_cancelled", "place_released")
State = Notification.State


@dataclass(frozen=True)
class Line:
    place: Appointment
    numbers: list[str]


def places(centers: QuerySet[Center], now: datetime) -> QuerySet[Appointment]:
    """Places of times to come that moved with their session or ended without the donor's doing, of
    people to whom no message of it went, or only one that failed."""
    about = Notification.objects.filter(subject_id=OuterRef("pk"), kind__in=KINDS)
    told = about.exclude(state__in=[State.FAILED, State.SKIPPED])
    reachable = Contact.objects.reachable().filter(donor=OuterRef("donor"))
    moved = Q(state=Appointment.State.BOOKED, slot__session__moved_at__gte=F("made_at")) & ~Q(
        slot__session__state=Session.State.CANCELLED
    )
    ended = ~Q(released="") & Q(moved_to=None)
    rows = Appointment.objects.filter(
        moved | ended,
        ~Exists(told),
        ~Exists(reachable) | Exists(about.filter(state=State.FAILED)),
        slot__starts_at__gt=now,
        slot__session__center__in=centers,
        donor__erased_at=None,
    )
    related = ("donor__merged_into", "slot__session__center")
    return rows.select_related(*related).order_by("slot__starts_at", "pk")


def lines(*, centers: QuerySet[Center], by: User, now: datetime) -> list[Line]:
    """With the numbers of each; every look at a person is logged."""
    found = []
    for place in places(centers, now)[:MOST]:
        privacy.log_access(donor=place.donor, by=by, reason="place changed")
        found.append(Line(place, _numbers(place)))
    return found


def _numbers(place: Appointment) -> list[str]:
    """Those that nobody has called wrong; whether an SMS arrives there is another matter."""
    rows = Contact.objects.filter(
        donor__in=place.donor.linked_rows(), channel=Channel.SMS, removed_at=None
    ).exclude(failed_reason=Contact.Failure.UNKNOWN)
    return list(rows.order_by("-preferred", "pk").values_list("address", flat=True))
