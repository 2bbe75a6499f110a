"""Answers to an appeal through the link in the message."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.query import QuerySet

from campaigns.booking import pledges
from campaigns.models import Appeal, Pledge
from centers.models import Appointment, Session, Slot
from centers.sessions import booking
from donors.clock.calendar import local_day
from donors.contact import consent
from donors.models import Donor, Purpose

PAUSE = timedelta(weeks=8)


def slots(appeal: Appeal, now: datetime) -> QuerySet[Slot]:
    """Slots with a free place at the appeal's centre, soonest first."""
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
    """Book a place and withdraw an earlier no. After the appeal's end the place does not count for
    it."""
    appointment = booking.book(slot=slot, donor=donor, now=now)
    consent.offer(donor=donor, purpose=Purpose.REMINDERS, language=donor.language, now=now)
    if appeal.is_open:
        pledges.pledge(appeal=appeal, appointment=appointment, now=now)
    pledges.confirm_by_message(appointment=appointment, donor=donor, now=now)
    return appointment


@transaction.atomic
def decline(*, appeal: Appeal, donor: Donor, now: datetime) -> None:
    """Decline, without a reason. A place booked for this appeal is cancelled."""
    said = given(appeal, donor)
    if said and said.state == Pledge.State.DECLINED:
        return
    if said and said.appointment:  # a constraint: a yes has an appointment
        booking.cancel(appointment=said.appointment, now=now)
        Pledge.objects.filter(pk=said.pk).update(state=Pledge.State.WITHDRAWN, answered_at=now)
    no = Pledge(appeal=appeal, donor=donor, state=Pledge.State.DECLINED, answered_at=now)
    Pledge.objects.bulk_create([no], ignore_conflicts=True)  # pressed twice at once


def pause(*, donor: Donor, now: datetime) -> None:
    """Pause appeals for eight weeks."""
    consent.pause(donor=donor, until=local_day(now + PAUSE))
