"""A booked place counts as a yes to the appeal that asked for it; a message confirms it."""

from __future__ import annotations

from datetime import datetime

from campaigns.messaging import outbox
from campaigns.models import Appeal, Notification, Pledge
from centers.models import Appointment
from donors.models import Donor


def pledge(*, appeal: Appeal, appointment: Appointment, now: datetime) -> None:
    """Record the place as a yes to the appeal; an earlier answer is withdrawn."""
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
    """If an appeal asked this donor, count the place booked on the public pages as a yes to it."""
    if Pledge.objects.filter(appointment=appointment).exists():
        return  # the form was sent twice
    asked = Notification.objects.filter(
        kind="appeal_invitation", donor=appointment.donor, state=Notification.State.SENT
    )
    appeals = Appeal.objects.filter(state__in=Appeal.OPEN)
    appeal = appeals.filter(pk__in=asked.values("subject_id")).order_by("opened_at").first()
    if appeal:
        pledge(appeal=appeal, appointment=appointment, now=now)


def confirm_by_message(*, appointment: Appointment, donor: Donor, now: datetime) -> None:
    outbox.enqueue(
        kind="booking_confirmed",
        cause=f"appointment:{appointment.pk}:booked",
        subject_id=appointment.pk,
        donor=donor,
        urgent=True,
        now=now,
    )
