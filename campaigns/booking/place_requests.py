"""Requests for a place from the public pages: code and confirmation are sent as messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns.messaging import outbox
from centers.models import Appointment, BookingRequest, Slot, Waiting
from centers.sessions import booking_requests
from donors.errors import Refused

from . import pledges


@transaction.atomic
def ask(*, now: datetime, **wanted: Any) -> BookingRequest:
    """``wanted`` as for ``booking_requests.request``; the code is sent to the address only."""
    asked = booking_requests.request(now=now, **wanted)
    _send_code(asked, now)
    return asked


@transaction.atomic
def ask_again(*, asked: BookingRequest, now: datetime) -> BookingRequest:
    """Send a new code for an earlier request; refused once it is confirmed."""
    if asked.confirmed_at:
        return asked
    renewed = booking_requests.again(asked=asked, now=now)
    _send_code(renewed, now)
    return renewed


def move(*, asked: BookingRequest, slot: Slot, now: datetime) -> None:
    booking_requests.move(asked=asked, slot=slot, now=now)


def _send_code(asked: BookingRequest, now: datetime) -> None:
    outbox.enqueue(
        kind="booking_code",
        cause=f"request:{asked.pk}:code",
        subject_id=asked.pk,
        request=asked,
        urgent=True,
        now=now,
    )


def confirm(*, asked: BookingRequest, code: str, now: datetime) -> Appointment | Waiting:
    """Check the code. The transaction commits after a wrong one too, or the attempt would not be
    counted."""
    refusal = None
    with transaction.atomic():
        try:
            made = booking_requests.confirm(asked=asked, code=code, now=now)
        except Refused as refused:
            refusal = refused
        else:
            _answered(made, now)
    if refusal:
        raise Refused(str(refusal), refusal.field) from refusal
    return made


def _answered(made: Appointment | Waiting, now: datetime) -> None:
    if isinstance(made, Appointment):
        pledges.count(appointment=made, now=now)
        pledges.confirm_by_message(appointment=made, donor=made.donor, now=now)
        return
    outbox.enqueue(
        kind="waiting_joined",
        cause=f"waiting:{made.pk}:joined",
        subject_id=made.pk,
        donor=made.donor,
        urgent=True,
        now=now,
    )
