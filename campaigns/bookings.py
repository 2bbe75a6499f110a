"""A place asked for on the public pages: its code and its confirmation leave as messages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from centers import booking
from centers.errors import Refused as CenterRefused
from centers.models import Appointment, BookingRequest, Slot

from . import answers, outbox
from .errors import Refused


@transaction.atomic
def ask(*, now: datetime, **wanted) -> BookingRequest:
    """``wanted`` as for ``booking.request``; the code goes to the address, nowhere else."""
    with _as_ours():
        asked = booking.request(now=now, **wanted)
    _send_code(asked, now)
    return asked


@transaction.atomic
def ask_again(*, asked: BookingRequest, now: datetime) -> BookingRequest:
    """A new code for what was typed before; once confirmed there is nothing to ask for."""
    if asked.confirmed_at:
        return asked
    with _as_ours():
        renewed = booking.again(asked=asked, now=now)
    _send_code(renewed, now)
    return renewed


def move(*, asked: BookingRequest, slot: Slot, now: datetime) -> None:
    with _as_ours():
        booking.move(asked=asked, slot=slot, now=now)


def _send_code(asked: BookingRequest, now: datetime) -> None:
    outbox.enqueue(
        kind="booking_code",
        cause=f"request:{asked.pk}:code",
        subject_id=asked.pk,
        request=asked,
        urgent=True,
        now=now,
    )


@contextlib.contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except CenterRefused as refused:
        raise Refused(str(refused), refused.field) from refused


def confirm(*, asked: BookingRequest, code: str, now: datetime) -> Appointment:
    """The code came back. A wrong one commits too, for the attempt counts."""
    refusal = None
    with transaction.atomic():
        try:
            appointment = booking.confirm(asked=asked, code=code, now=now)
        except CenterRefused as refused:
            refusal = refused
        else:
            answers.count(appointment=appointment, now=now)
            answers.confirm_by_message(appointment=appointment, donor=appointment.donor, now=now)
    if refusal:
        raise Refused(str(refusal), refusal.field) from refusal
    return appointment


def give_back(*, asked: BookingRequest, now: datetime) -> None:
    """The place is somebody else's again; once it is used or given back there is nothing to do."""
    with contextlib.suppress(CenterRefused):
        booking.cancel(appointment=asked.appointment, now=now)
