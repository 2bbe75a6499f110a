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
TAKEN_BACK = timedelta(minutes=10)


def book(*, slot: Slot, donor: Donor, now: datetime) -> Appointment:
    """Book a place; refused when the slot is full or over, or the donor may not give that day.

    The refusal never gives the reason: the page may be read by another person.
    """
    return _book(slot, donor, now)


def _book(slot: Slot, donor: Donor, now: datetime) -> Appointment:
    if Slot.objects.filter(waiting_list.goes_first(now=now, but=donor), pk=slot.pk).exists():
        raise Refused(_("Others wait for a place here. Choose another time, or wait with them."))
    return _take(slot, donor, now)


def _take(slot: Slot, donor: Donor, now: datetime) -> Appointment:
    still_open(slot, now)
    if advice.on(donor=donor, day=local_day(slot.starts_at), now=now).against:
        raise Refused(_("You cannot give on this day yet. Choose a later one, or ask the centre."))
    with refusing():
        return Appointment.objects.create(slot=slot, donor=donor, made_at=now)


def again(*, appointment: Appointment, slot: Slot, now: datetime) -> Appointment:
    """Another place for somebody whose place was released; the address of the old one leads there."""
    with refusing():
        released = Appointment.objects.filter(pk=appointment.pk, moved_to=None)
        if not released.exclude(released="").exists():
            raise Refused(_("This appointment is no longer booked."))
        made = _book(slot, appointment.donor.person, now)
        released.update(moved_to=made)
    return made


def move(*, appointment: Appointment, slot: Slot, now: datetime) -> Appointment:
    """Move to ``slot``; on ``Refused`` the old place is kept."""
    if slot.pk == appointment.slot_id:
        raise Refused(_("You have this time already."), "slot")
    with refusing():
        # Locked in one order: two people swapping their slots could deadlock.
        both = Slot.objects.filter(pk__in=[slot.pk, appointment.slot_id]).order_by("pk")
        list(both.select_for_update(of=("self",)))
        give_up(appointment, now)
        same = slot.session_id == appointment.slot.session_id  # takes no place from the line
        made = (_take if same else _book)(slot, appointment.donor, now)
        Appointment.objects.filter(pk=appointment.pk).update(moved_to=made)
        waiting_list.offer(slot=appointment.slot, now=now)
    return made


def cancel(*, appointment: Appointment, now: datetime, released: str = "") -> None:
    """Cancel an appointment or decline an offered one; the place goes to the waiting list.

    ``released``: why, where it is not the donor's own act (``Appointment.Released``).
    """
    with refusing():
        give_up(appointment, now, released=released)
        waiting_list.offer(slot=appointment.slot, now=now)


def give_up(
    appointment: Appointment, now: datetime, released: str = "", kept_until: datetime | None = None
) -> None:
    live = Appointment.objects.live().filter(pk=appointment.pk)
    state = Appointment.State.CANCELLED
    if not live.update(state=state, settled_at=now, released=released, kept_until=kept_until):
        raise Refused(_("This appointment is no longer booked."))


def give_back(*, appointment: Appointment, now: datetime) -> None:
    """The donor gives the place back; for ten minutes it stays theirs to take back. An offered place
    goes to the next at once."""
    if appointment.state == Appointment.State.OFFERED:
        return cancel(appointment=appointment, now=now)
    with refusing():
        return give_up(appointment, now, kept_until=now + TAKEN_BACK)


def take_back(*, appointment: Appointment, now: datetime) -> None:
    """Raises ``Refused`` after ten minutes, or where the donor has another place by now."""
    slot = appointment.slot
    kept = Appointment.objects.filter(pk=appointment.pk, kept_until__gt=now)
    if slot.session.state not in Session.LIVE or slot.starts_at <= now:
        raise Refused(_("This time is over or was cancelled. Choose another one."))
    with refusing():
        state = Appointment.State.BOOKED
        if not kept.update(state=state, settled_at=None, kept_until=None):
            raise Refused(_("This place has gone to somebody else. Choose another time."))


def end_kept(*, appointment: Appointment, now: datetime) -> None:
    """The place is free from now on, and offered to the waiting list first."""
    with refusing():
        kept = Appointment.objects.filter(pk=appointment.pk, kept_until__isnull=False)
        if kept.update(kept_until=None):
            waiting_list.offer(slot=appointment.slot, now=now)


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
