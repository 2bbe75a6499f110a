"""Places that end without their donor's doing: the row says why, and the campaign app reads it and
informs the donor."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from centers.models import Appointment, Session, Slot
from donors.errors import Refused

from . import booking, expected, waiting_list

MOST_AT_ONCE = 500
Cause = Appointment.Released


def release(*, places: Iterable[Appointment], cause: str, now: datetime) -> int:
    """End these places, and offer them to the waiting list; returns how many. A place that was given
    back or used meanwhile is left alone."""
    released = 0
    for place in places:
        with contextlib.suppress(Refused):
            booking.cancel(appointment=place, now=now, released=cause)
            released += 1
    return released


def release_unable(*, now: datetime) -> int:
    """The places of people who may not give on that day: deferred since, gave elsewhere, corrected,
    or the session moved before their first free day.

    Reads every place to come, a statement a day: it runs every few minutes, and each message about a
    visit asks for itself.
    """
    found = {place.pk: place for place in expected.unable(expected.ahead(now), now)}
    return release(places=list(found.values())[:MOST_AT_ONCE], cause=Cause.UNABLE, now=now)


def release_cancelled(*, now: datetime) -> int:
    """The places of cancelled sessions."""
    rows = Appointment.objects.live().filter(slot__session__state=Session.State.CANCELLED)
    called_off = rows.select_related("slot__session").order_by("pk")[:MOST_AT_ONCE]
    return release(places=called_off, cause=Cause.SESSION, now=now)


def end_kept(*, now: datetime) -> int:
    """Places given back that were not taken back in time go to the waiting list; returns how many."""
    over = Appointment.objects.filter(kept_until__lte=now).select_related("slot__session")
    for place in over.order_by("pk")[:MOST_AT_ONCE]:
        booking.end_kept(appointment=place, now=now)
    return len(over)


def offer_to_lines(*, now: datetime) -> int:
    """Offer every free place of sessions with a waiting list, whatever act made it free; returns how
    many."""
    first = waiting_list.goes_first(now=now)
    free = Slot.objects.filter(first, taken__lt=F("places"), session__state__in=Session.LIVE)
    slots = free.select_related("session")
    return sum(waiting_list.offer(slot=slot, now=now) for slot in slots.order_by("starts_at", "pk"))
