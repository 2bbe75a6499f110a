"""Appointments: booked, moved, cancelled, missed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from centers.models import Appointment, Session, Slot
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import Donor

from . import advice, waiting_list

# Arrivals are entered late, from paper too; only after this is an appointment missed.
LATE_ENTRIES = timedelta(hours=24)
ON_THE_WAY = timedelta(hours=4)


def book(*, slot: Slot, donor: Donor, now: datetime) -> Appointment:
    """Book a place; refused when the slot is full or over, or the donor may not give that day.

    The refusal never gives the reason: the page may be read by another person.
    """
    still_open(slot, now)
    if advice.on(donor=donor, day=local_day(slot.starts_at), now=now).against:
        raise Refused(_("You cannot give on this day yet. Choose a later one, or ask the centre."))
    with refusing():
        return Appointment.objects.create(slot=slot, donor=donor, made_at=now)


def move(*, appointment: Appointment, slot: Slot, now: datetime) -> Appointment:
    """Move to ``slot``; on ``Refused`` the old place is kept."""
    if slot.pk == appointment.slot_id:
        raise Refused(_("You have this time already."), "slot")
    with refusing():
        # Locked in one order: two people swapping their slots could deadlock.
        both = Slot.objects.filter(pk__in=[slot.pk, appointment.slot_id]).order_by("pk")
        list(both.select_for_update(of=("self",)))
        give_up(appointment, now)
        made = book(slot=slot, donor=appointment.donor, now=now)
        Appointment.objects.filter(pk=appointment.pk).update(moved_to=made)
        waiting_list.offer(slot=appointment.slot, now=now)
    return made


def cancel(*, appointment: Appointment, now: datetime) -> None:
    """Cancel an appointment or decline an offered one; the place goes to the waiting list."""
    with refusing():
        give_up(appointment, now)
        waiting_list.offer(slot=appointment.slot, now=now)


def give_up(appointment: Appointment, now: datetime) -> None:
    live = Appointment.objects.live().filter(pk=appointment.pk)
    if not live.update(state=Appointment.State.CANCELLED, settled_at=now):
        raise Refused(_("This appointment is no longer booked."))


def may_set_out(appointment: Appointment, now: datetime) -> bool:
    """Whether the donor may report being on the way: that day, some hours before until the session
    ends."""
    slot = appointment.slot
    near = slot.starts_at - ON_THE_WAY <= now < slot.session.ends_at
    return near and appointment.state == Appointment.State.BOOKED


def set_out(*, appointment: Appointment, now: datetime) -> None:
    """The donor reports being on the way, which reception sees. The first time is kept."""
    if not may_set_out(appointment, now):
        raise Refused(_("Say so on the day itself, when you leave."))
    if advice.of(appointment, now).against:
        raise Refused(_("Please do not set out. Choose another day, or speak with the doctor."))
    booked = Appointment.objects.filter(pk=appointment.pk, state=Appointment.State.BOOKED)
    booked.filter(on_way_at=None).update(on_way_at=now)


def settle_missed(*, now: datetime) -> int:
    """Mark missed appointments, so that those donors may book again; returns how many."""
    over = Slot.objects.filter(session__ends_at__lte=now - LATE_ENTRIES)
    return Appointment.objects.filter(
        state=Appointment.State.BOOKED,
        slot__in=over.exclude(session__state=Session.State.CANCELLED),
    ).update(state=Appointment.State.MISSED, settled_at=now)


def still_open(slot: Slot, now: datetime) -> None:
    if slot.session.state not in Session.LIVE or slot.starts_at <= now:
        raise Refused(_("This time is over or was cancelled. Choose another one."), "slot")


def with_a_place(slot: Slot, now: datetime) -> None:
    """Checked before the database refuses, so that the answer can name its field."""
    still_open(slot, now)
    if slot.free < 1:
        raise Refused(_("This time is full. Choose another one."), "slot")
