"""What donors read about themselves: when they may give, their donations, who opened the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.messaging import outbox, recipients
from campaigns.models import DeliveredCopy, Notification, Reply, Wish
from centers.collection import donations
from centers.models import (
    Appointment,
    Bag,
    BookingRequest,
    Center,
    Donation,
    LookBack,
    Waiting,
)
from centers.sessions import advice, booking, booking_requests, waiting_list
from centers.sessions.advice import Advice
from donors.clock.calendar import local_day
from donors.contact import erasure
from donors.errors import Refused
from donors.models import Consent, Contact, Donor, Purpose

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

REACHED = (Bag.State.ISSUED, Bag.State.TRANSFUSED)
ON_THE_WAY = (Bag.State.QUARANTINED, Bag.State.RELEASED, Bag.State.IN_TRANSIT)
READY = (Bag.State.AVAILABLE, Bag.State.RESERVED)


@dataclass(frozen=True)
class Next:
    """``on``: the first free day, None where a doctor has to decide; ``advice`` is about the day of
    the appointment."""

    on: date | None
    today: bool
    appointment: Appointment | None
    waiting: list[Waiting]
    today_expected: bool = False
    advice: Advice | None = None

    @property
    def center(self) -> Center | None:
        """The centre whose doctor to ask: that of the appointment, if there is one."""
        return self.appointment.slot.session.center if self.appointment else None


def next_of(donor: Donor, now: datetime) -> Next:
    """Without the reason: a health fact is explained by a doctor in person."""
    today = local_day(now)
    on = advice.on(donor=donor, day=today, now=now).first
    appointments = Appointment.objects.live().filter(donor__in=donor.linked_rows())
    place = appointments.select_related("slot__session__center", "donor__merged_into").first()
    line = Waiting.objects.live().filter(donor=donor).select_related("session")
    return Next(
        on=on,
        today=on == today,
        appointment=place,
        today_expected=place is not None and local_day(place.slot.starts_at) == today,
        advice=advice.of(place, now) if place else None,
        waiting=list(line.order_by("since")),
    )


def kept_for(donor: Donor, now: datetime) -> Wish | None:
    """The later week in which the person wants to be asked."""
    rows = Wish.objects.ahead(local_day(now)).filter(donor__in=donor.linked_rows())
    return rows.order_by("-made_at", "-pk").first()


def unkeep(*, donor: Donor, now: datetime) -> None:
    """Take the wish back; without one nothing changes."""
    Wish.objects.live().filter(donor__in=donor.linked_rows()).update(ended_at=now)


@dataclass(frozen=True)
class Gift:
    """One donation; ``fate`` is empty where there is nothing to show or the donor does not want to
    know."""

    donation: Donation
    fate: str = ""
    reached_on: date | None = None


def gifts(donor: Donor) -> list[Gift]:
    """Latest first. Discarded and expired donations show no outcome: there are many reasons, and a
    test result must not be inferred from the list."""
    wishes = Consent.objects.live().filter(donor=donor, purpose=Purpose.FOLLOW_UP).exists()
    rows = Donation.objects.filter(donor__in=donor.linked_rows()).select_related(
        "center", "session"
    )
    donations = rows.annotate(reached_at=Max("bags__issues__issued_at"))
    donations = donations.order_by("-collected_on", "-pk")
    if not wishes:
        return [Gift(row) for row in donations]
    states: dict[int, set[str]] = {}
    for donation, state in Bag.objects.filter(donation__donor__in=donor.linked_rows()).values_list(
        "donation", "state"
    ):
        states.setdefault(donation, set()).add(state)
    return [_gift(row, states.get(row.pk, set())) for row in donations]


class Reached(TypedDict):
    reached_at: datetime | None


def _gift(row: WithAnnotations[Donation, Reached], states: set[str]) -> Gift:
    if states & set(REACHED):
        return Gift(row, "reached", local_day(row.reached_at) if row.reached_at else None)
    if states & set(READY):
        return Gift(row, "ready")
    return Gift(row, "tested" if states & set(ON_THE_WAY) else "")


def given(donor: Donor) -> QuerySet[Donation]:
    """The person's donations under all their rows, earliest first."""
    rows = Donation.objects.filter(donor__in=donor.linked_rows()).select_related("center")
    return rows.order_by("collected_on", "pk")


def latest_to_withhold(donor: Donor, since: date) -> Donation | None:
    """The last donation that can still be withheld."""
    rows = Donation.objects.filter(donor__in=donor.linked_rows(), collected_on__gte=since)
    usable = Q(bags__state__in=[*ON_THE_WAY, *READY, Bag.State.BLOCKED, *REACHED])
    return rows.filter(usable).order_by("-collected_on", "-pk").first()


@transaction.atomic
def withhold(*, donation: Donation, now: datetime) -> None:
    """Withhold the donation; the centre's managers are informed, without a reason."""
    donations.withhold(donation=donation, now=now)
    for user in recipients.managers(donation.center, now):
        outbox.enqueue(
            kind="blood_withheld",
            cause=f"donation:{donation.pk}:withheld",
            subject_id=donation.pk,
            user=user,
            urgent=True,
            now=now,
        )


def _still_tested(donor: Donor) -> bool:
    """A test result may still come that the doctor has to tell the person."""
    under_test = Bag.objects.filter(
        donation__donor__in=donor.linked_rows(), state=Bag.State.QUARANTINED
    )
    looked_into = LookBack.objects.filter(donation__donor__in=donor.linked_rows(), closed_at=None)
    return under_test.exists() or looked_into.exists()


@transaction.atomic
def erase(*, donor: Donor, now: datetime) -> None:
    """Erase the person from the record; their appointments are cancelled.

    Raises ``Refused`` while a donation is being tested: the donor must stay reachable.
    """
    if _still_tested(donor):
        raise Refused(
            _(
                "Your last donation is still being looked at, and the doctor must be able to reach "
                "you. Ask again in some days, or at the centre."
            )
        )
    for place in Appointment.objects.live().filter(donor__in=donor.linked_rows()):
        booking.cancel(appointment=place, now=now)
    for row in Waiting.objects.live().filter(donor__in=donor.linked_rows()):
        waiting_list.leave(waiting=row, now=now)
    unkeep(donor=donor, now=now)
    Notification.objects.filter(
        donor__in=donor.linked_rows(), state=Notification.State.PENDING
    ).update(state=Notification.State.SKIPPED, settled_at=now, error="erased")
    addresses = Contact.objects.filter(donor__in=donor.linked_rows()).exclude(address="")
    asked = BookingRequest.objects.filter(address__in=addresses.values("address"))
    asked.update(birth_date=None, birth_precision="day", **booking_requests.BLANK)
    Reply.objects.filter(notification__donor__in=donor.linked_rows()).update(number="", text="")
    DeliveredCopy.objects.filter(notification__donor__in=donor.linked_rows()).delete()
    erasure.erase(donor=donor, now=now)
