"""Visits booked or waited for: moved, cancelled, reminded, informed."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from campaigns.messaging import outbox, visit_facts, visit_hindrances
from campaigns.messaging.catalogue import KINDS
from campaigns.models import Notification, Pledge
from centers.models import Appointment, Session, Slot, Waiting
from centers.sessions import advice, booking, expected, releases, waiting_list
from donors.errors import Refused
from donors.models import Contact, Donor

from . import pledges

MOST_AT_ONCE = 500
# People who booked shortly before the day remember it; a reminder would only disturb.
NOT_BOOKED_SINCE = timedelta(hours=18)
NOT_SHORTLY_BEFORE = timedelta(hours=2)
TOLD_LATELY = timedelta(days=3)


@transaction.atomic
def move(*, appointment: Appointment, slot: Slot, now: datetime) -> Appointment:
    """Move to another slot, or choose one after the place was released; a yes to an appeal moves
    with it, and a message confirms the new place."""
    rule = booking.again if appointment.released else booking.move
    made = rule(appointment=appointment, slot=slot, now=now)
    Pledge.objects.filter(appointment=appointment).update(appointment=made)
    pledges.confirm_by_message(appointment=made, donor=made.donor, now=now)
    return made


def give_back(*, appointment: Appointment, now: datetime) -> None:
    """Give the place back, for ten minutes to be taken back; does nothing once it is used or
    cancelled."""
    with contextlib.suppress(Refused):
        booking.give_back(appointment=appointment, now=now)


@transaction.atomic
def take_back(*, appointment: Appointment, now: datetime) -> None:
    booking.take_back(appointment=appointment, now=now)


@transaction.atomic
def take(*, appointment: Appointment, now: datetime) -> None:
    """Accept the place offered from the waiting list."""
    waiting_list.take(appointment=appointment, now=now)
    pledges.count(appointment=appointment, now=now)
    pledges.confirm_by_message(appointment=appointment, donor=appointment.donor, now=now)


def set_out(*, appointment: Appointment, now: datetime) -> None:
    booking.set_out(appointment=appointment, now=now)


def remind(*, now: datetime) -> int:
    """Queue reminders the day before, for those who booked some time ago and have not been told of a
    move since; returns how many. After a move the reminder comes anew."""
    settled = now - NOT_BOOKED_SINCE
    near = expected.ahead(now).filter(
        Q(slot__session__moved_at=None) | Q(slot__session__moved_at__lte=settled),
        state=Appointment.State.BOOKED,
        slot__starts_at__gt=now + NOT_SHORTLY_BEFORE,
        slot__starts_at__lte=now + visit_hindrances.REMINDED,
        made_at__lte=settled,
    )
    moves = near.order_by().values_list("slot__session__moves", flat=True).distinct()
    return sum(
        _tell(near.filter(slot__session__moves=n), "visit_reminder", _nth("reminder", n), now)
        for n in list(moves)
    )


def _nth(word: str, moves: int) -> str:
    return visit_hindrances.cause_of_move(word, moves) if moves else word


def offer(*, now: datetime) -> int:
    """Pass on expired offers and places given back, offer what came free by any act to the waiting
    lists, and inform the people with a new offer. Returns how many were informed."""
    waiting_list.lapse(now=now)
    releases.end_kept(now=now)
    releases.offer_to_lines(now=now)
    held = Appointment.objects.filter(state=Appointment.State.OFFERED, offered_until__gt=now)
    moves = held.order_by().values_list("slot__session__moves", flat=True).distinct()
    return sum(
        _tell(held.filter(slot__session__moves=n), "place_offered", _nth("offered", n), now)
        for n in list(moves)
    )


def _tell(places: QuerySet[Appointment], kind: str, word: str, now: datetime) -> int:
    """One message per place, once; those who already have it are skipped."""
    return _told(places.select_related("donor"), kind, "appointment", word, now)


def _told(rows: QuerySet[Any], kind: str, what: str, word: str, now: datetime) -> int:
    name = Concat(Value(f"{what}:"), Cast("pk", CharField()), Value(f":{word}"))
    already = Notification.objects.filter(cause=OuterRef("cause"))
    address = Contact.objects.reachable().filter(donor=OuterRef("donor"))
    missing = rows.annotate(cause=name).filter(~Exists(already), Exists(address))
    fresh = list(missing.order_by("pk")[:MOST_AT_ONCE])
    for row in fresh:
        with transaction.atomic():
            outbox.enqueue(
                kind=kind,
                cause=row.cause,
                subject_id=row.pk,
                donor=row.donor,
                urgent=not KINDS[kind].purpose,
                now=now,
            )
    return len(fresh)


def tell_released(*, now: datetime) -> int:
    """End the places of cancelled sessions; inform everybody whose place ended without their doing,
    each once. Returns how many were informed."""
    releases.release_cancelled(now=now)
    lately = Appointment.objects.filter(settled_at__gt=now - TOLD_LATELY).exclude(released="")
    called_off = lately.filter(released=Appointment.Released.SESSION)
    others = lately.exclude(released=Appointment.Released.SESSION)
    informed = _tell(called_off, "session_cancelled", "cancelled", now)
    return informed + _tell(others, "place_released", "released", now)


def tell_moved(*, now: datetime) -> int:
    """Inform those who booked or waited before a session was moved of its new time and place."""
    moved = Session.objects.upcoming(now).filter(moved_at__gt=now - TOLD_LATELY)
    informed = 0
    for session in moved:
        word = visit_hindrances.cause_of_move("moved", session.moves)
        booked = Appointment.objects.filter(
            state=Appointment.State.BOOKED, slot__session=session, made_at__lte=session.moved_at
        )
        waiting = session.waiting.live().filter(since__lte=session.moved_at).select_related("donor")
        informed += _tell(booked, "session_moved", word, now)
        informed += _told(waiting, "waiting_moved", "waiting", word, now)
    return informed


def end_lines(*, now: datetime) -> int:
    """End the waiting of people whose session is over, cancelled or too near for an offer, or on
    whose days they may not give."""
    informed = 0
    rows = {row.pk: row for row in waiting_list.in_vain(now)[:MOST_AT_ONCE]}
    rows |= {row.pk: row for row in expected.unable_in_line(now)[:MOST_AT_ONCE]}
    for row in rows.values():
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


def may_choose_again(appointment: Appointment) -> bool:
    """A booked place is moved; after one that was released another one is chosen, once."""
    released = appointment.released and not appointment.moved_to_id
    return appointment.state == Appointment.State.BOOKED or bool(released)


def is_expected(appointment: Appointment, now: datetime) -> bool:
    session = appointment.slot.session
    booked = appointment.state == Appointment.State.BOOKED
    return booked and session.state in Session.LIVE and session.ends_at > now


def why_released(appointment: Appointment, now: datetime) -> dict[str, object]:
    return visit_facts.why_released(appointment, advice.of(appointment, now))


def initials(donor: Donor) -> str:
    """Whose place it is, for who was sent the address, and no name for who found it; the sentence's
    full stop is the last letter's."""
    latin = donor.given_name, donor.family_name
    names = latin if all(latin) else (donor.given_name_ar, donor.family_name_ar)
    return ". ".join(name[0] for name in names if name)


def number_in_line(row: Waiting) -> int:
    """The position on the waiting list, from one on."""
    return waiting_list.ahead(row) + 1
