"""Visits booked or waited for: moved, cancelled, reminded, informed."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from campaigns.messaging import outbox
from campaigns.models import Notification, Pledge
from centers.collection import record_corrections
from centers.models import Appointment, Session, Slot, Waiting
from centers.sessions import booking, waiting_list
from donors.errors import Refused
from donors.models import Contact, RecordCorrection

from . import pledges

MOST_AT_ONCE = 500
REMINDED = timedelta(hours=26)
# People who booked shortly before the day remember it; a reminder would only disturb.
NOT_BOOKED_SINCE = timedelta(hours=18)
NOT_SHORTLY_BEFORE = timedelta(hours=2)
CORRECTED_LATELY = timedelta(days=3)
MOVED_LATELY = timedelta(days=3)


@transaction.atomic
def move(*, appointment: Appointment, slot: Slot, now: datetime) -> Appointment:
    """Move to another slot; a yes to an appeal moves with it, and a message confirms the new
    place."""
    made = booking.move(appointment=appointment, slot=slot, now=now)
    Pledge.objects.filter(appointment=appointment).update(appointment=made)
    pledges.confirm_by_message(appointment=made, donor=made.donor, now=now)
    return made


def give_back(*, appointment: Appointment, now: datetime) -> None:
    """Cancel the appointment; does nothing once it is used or cancelled."""
    with contextlib.suppress(Refused):
        booking.cancel(appointment=appointment, now=now)


@transaction.atomic
def take(*, appointment: Appointment, now: datetime) -> None:
    """Accept the place offered from the waiting list."""
    waiting_list.take(appointment=appointment, now=now)
    pledges.count(appointment=appointment, now=now)
    pledges.confirm_by_message(appointment=appointment, donor=appointment.donor, now=now)


def set_out(*, appointment: Appointment, now: datetime) -> None:
    booking.set_out(appointment=appointment, now=now)


def remind(*, now: datetime) -> int:
    """Queue reminders the day before, for those who booked some time ago; returns how many."""
    near = Appointment.objects.filter(
        state=Appointment.State.BOOKED,
        slot__session__state__in=Session.LIVE,
        slot__starts_at__gt=now + NOT_SHORTLY_BEFORE,
        slot__starts_at__lte=now + REMINDED,
        made_at__lte=now - NOT_BOOKED_SINCE,
    )
    return _tell(near, "visit_reminder", "reminder", now, urgent=False)


def tell_corrected(*, now: datetime) -> int:
    """Another sex or birth date, agreed lately: those with a place on a day on which they may not
    give are told, once; returns how many."""
    lately = RecordCorrection.objects.filter(
        agreed=True, field__in=RecordCorrection.TWO_PEOPLE, decided_at__gt=now - CORRECTED_LATELY
    )
    told = 0
    for row in lately.select_related("donor__merged_into").order_by("pk")[:MOST_AT_ONCE]:
        fallen = [place.pk for place in record_corrections.fallen_away(row.donor.person, now)]
        places = Appointment.objects.filter(pk__in=fallen, state=Appointment.State.BOOKED)
        told += _tell(places, "booking_confirmed", f"corrected:{row.pk}", now)
    return told


def offer(*, now: datetime) -> int:
    """Pass on expired offers and inform the people with a new one. Returns how many were
    informed."""
    waiting_list.lapse(now=now)
    held = Appointment.objects.filter(state=Appointment.State.OFFERED, offered_until__gt=now)
    return _tell(held, "place_offered", "offered", now)


def _tell(
    places: QuerySet[Appointment], kind: str, word: str, now: datetime, urgent: bool = True
) -> int:
    """One message per place, once; those who already have it are skipped."""
    name = Concat(Value("appointment:"), Cast("pk", CharField()), Value(f":{word}"))
    already = Notification.objects.filter(cause=OuterRef("cause"))
    address = Contact.objects.reachable().filter(donor=OuterRef("donor"))
    missing = places.annotate(cause=name).filter(~Exists(already), Exists(address))
    fresh = missing.select_related("donor").order_by("pk")[:MOST_AT_ONCE]
    for place in fresh:
        with transaction.atomic():
            outbox.enqueue(
                kind=kind,
                cause=place.cause,
                subject_id=place.pk,
                donor=place.donor,
                urgent=urgent,
                now=now,
            )
    return len(fresh)


def tell_cancelled(*, now: datetime) -> int:
    """Inform the people booked in a cancelled session, and cancel their appointments."""
    called_off = Appointment.objects.live().filter(slot__session__state=Session.State.CANCELLED)
    informed = 0
    for place in called_off.select_related("donor", "slot__session").order_by("pk")[:MOST_AT_ONCE]:
        with transaction.atomic(), contextlib.suppress(Refused):
            booking.cancel(appointment=place, now=now)
            outbox.enqueue(
                kind="session_cancelled",
                cause=f"appointment:{place.pk}:cancelled",
                subject_id=place.pk,
                donor=place.donor,
                urgent=True,
                now=now,
            )
            informed += 1
    return informed


def tell_moved(*, now: datetime) -> int:
    """Inform the people who booked before a session was moved of its new time and place."""
    moved = Session.objects.upcoming(now).filter(moved_at__gt=now - MOVED_LATELY)
    informed = 0
    for session in moved:
        booked = Appointment.objects.live().filter(
            slot__session=session, made_at__lte=session.moved_at
        )
        informed += _tell(booked, "session_moved", f"moved-{session.moves}", now)
    return informed


def end_lines(*, now: datetime) -> int:
    """End waiting lists of sessions that are over or too near for an offer."""
    informed = 0
    for row in waiting_list.in_vain(now)[:MOST_AT_ONCE]:
        with transaction.atomic():
            waiting_list.leave(waiting=row, now=now)
            outbox.enqueue(
                kind="waiting_over",
                cause=f"waiting:{row.pk}:over",
                subject_id=row.pk,
                donor=row.donor,
                urgent=True,
                now=now,
            )
            informed += 1
    return informed


def number_in_line(row: Waiting) -> int:
    """The position on the waiting list, from one on."""
    return waiting_list.ahead(row) + 1
