"""What a person says to an appeal by the link of their message."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.query import QuerySet
from django.utils.translation import gettext as _

from centers import booking
from centers.models import Appointment, Session, Slot
from donors import consent
from donors.calendar import local_day
from donors.models import Donor, Purpose

from . import outbox
from .errors import Refused, as_ours
from .messages import KINDS
from .models import Appeal, Notification, Pledge

PAUSE = timedelta(weeks=8)


def slots(appeal: Appeal, now: datetime) -> QuerySet[Slot]:
    """Times with a free place at the centre of the appeal, soonest first."""
    return (
        Slot.objects.filter(
            session__center=appeal.center,
            session__state__in=Session.LIVE,
            starts_at__gt=now,
            taken__lt=F("places"),
        )
        .select_related("session")
        .order_by("starts_at", "pk")
    )


def given(appeal: Appeal, donor: Donor) -> Pledge | None:
    """The person's answer so far."""
    return (
        Pledge.objects.filter(appeal=appeal, donor=donor)
        .exclude(state=Pledge.State.WITHDRAWN)
        .select_related("appointment__slot__session")
        .first()
    )


@transaction.atomic
def accept(*, appeal: Appeal, donor: Donor, slot: Slot, now: datetime) -> Appointment:
    """Book a place; a no said before is taken back. After its end the place counts for no appeal."""
    with as_ours():
        appointment = booking.book(slot=slot, donor=donor, now=now)
    consent.offer(donor=donor, purpose=Purpose.REMINDERS, language=donor.language, now=now)
    if appeal.state == Appeal.State.OPEN:
        _pledge(appeal, appointment, now)
    confirm_by_message(appointment=appointment, donor=donor, now=now)
    return appointment


def _pledge(appeal: Appeal, appointment: Appointment, now: datetime) -> None:
    donor = appointment.donor
    said = Pledge.objects.filter(appeal=appeal, donor=donor).exclude(state=Pledge.State.WITHDRAWN)
    said.update(state=Pledge.State.WITHDRAWN, answered_at=now)
    Pledge.objects.create(
        appeal=appeal,
        donor=donor,
        state=Pledge.State.BOOKED,
        appointment=appointment,
        answered_at=now,
    )


def count(*, appointment: Appointment, now: datetime) -> None:
    """A place booked on the public pages is a yes to the appeal that asked its donor, if one did."""
    if Pledge.objects.filter(appointment=appointment).exists():
        return  # the form was sent twice
    asked = Notification.objects.filter(
        kind="appeal_invitation", donor=appointment.donor, state=Notification.State.SENT
    )
    center = appointment.slot.session.center
    appeals = Appeal.objects.filter(state=Appeal.State.OPEN, center=center)
    appeal = appeals.filter(pk__in=asked.values("subject_id")).order_by("opened_at").first()
    if appeal:
        _pledge(appeal, appointment, now)


def confirm_by_message(*, appointment: Appointment, donor: Donor, now: datetime) -> None:
    outbox.enqueue(
        kind="booking_confirmed",
        cause=f"appointment:{appointment.pk}:booked",
        subject_id=appointment.pk,
        donor=donor,
        urgent=True,
        now=now,
    )


@transaction.atomic
def decline(*, appeal: Appeal, donor: Donor, now: datetime) -> None:
    """Not this time; nobody asks why. A place booked for this appeal is given back."""
    said = given(appeal, donor)
    if said and said.state == Pledge.State.DECLINED:
        return
    if said:
        with as_ours():
            booking.cancel(appointment=said.appointment, now=now)
        Pledge.objects.filter(pk=said.pk).update(state=Pledge.State.WITHDRAWN, answered_at=now)
    no = Pledge(appeal=appeal, donor=donor, state=Pledge.State.DECLINED, answered_at=now)
    Pledge.objects.bulk_create([no], ignore_conflicts=True)  # pressed twice at once


def pause(*, donor: Donor, now: datetime) -> None:
    """No appeal for eight weeks, in one press."""
    consent.pause(donor=donor, until=local_day(now + PAUSE))


def stop_for_good(*, notification: Notification, now: datetime) -> None:
    """The one-click way out of a message's header: consent to its purpose is withdrawn."""
    purpose = KINDS[notification.kind].purpose
    if notification.donor is None or purpose is None:
        raise Refused(_("This message has no list to leave."))
    consent.withdraw(donor=notification.donor, purpose=purpose, now=now)
