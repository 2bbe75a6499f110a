"""A place asked for on the public pages: its code and its confirmation leave as messages."""

from __future__ import annotations

import contextlib
from datetime import datetime

from django.db import transaction

from centers import booking
from centers.errors import Refused as CenterRefused
from centers.models import Appointment, BookingRequest

from . import answers, outbox
from .errors import Refused


@transaction.atomic
def ask(*, now: datetime, **wanted) -> BookingRequest:
    """``wanted`` as for ``booking.request``; the code goes to the address, nowhere else."""
    try:
        asked = booking.request(now=now, **wanted)
    except CenterRefused as refused:
        raise Refused(str(refused), refused.field) from refused
    outbox.enqueue(
        kind="booking_code",
        cause=f"request:{asked.pk}:code",
        subject_id=asked.pk,
        request=asked,
        urgent=True,
        now=now,
    )
    return asked


def confirm(*, asked: BookingRequest, code: str, now: datetime) -> Appointment:
    """The code came back. A wrong one commits too, for the attempt counts."""
    refusal = None
    with transaction.atomic():
        try:
            appointment = booking.confirm(asked=asked, code=code, now=now)
        except CenterRefused as refused:
            refusal = refused
        else:
            donor = appointment.donor
            answers.confirm_by_message(appointment=appointment, donor=donor, now=now)
    if refusal:
        raise Refused(str(refusal)) from refusal
    return appointment


def give_back(*, asked: BookingRequest, now: datetime) -> None:
    """The place is somebody else's again; once it is used or given back there is nothing to do."""
    with contextlib.suppress(CenterRefused):
        booking.cancel(appointment=asked.appointment, now=now)
