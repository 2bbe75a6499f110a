"""A place in a slot: taken, moved, given back, missed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from centers.models import Appointment, Session, Slot
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import Donor

from . import advice, waiting_list

# Arrivals are entered late, from paper too; only then was a place missed.
LATE_ENTRIES = timedelta(hours=24)
ON_THE_WAY = timedelta(hours=4)


def book(*, slot: Slot, donor: Donor, now: datetime) -> Appointment:
    """Take one place; refused when full, over, or on a day when the donor may not give.

    The refusal never says why a person may not give: the page may be read by somebody else.
    """
    still_open(slot, now)
    if advice.on(donor=donor, day=local_day(slot.starts_at), now=now).against:
        raise Refused(_("You cannot give on this day yet. Choose a later one, or ask the centre."))
    with refusing():
        return Appointment.objects.create(slot=slot, donor=donor, made_at=now)


def move(*, appointment: Appointment, slot: Slot, now: datetime) -> Appointment:
    """The place in ``slot`` instead, or the old one kept and ``Refused``."""
    if slot.pk == appointment.slot_id:
        raise Refused(_("You have this time already."), "slot")
    with refusing():
        # In one order: two people changing places with each other would wait for ever.
        both = Slot.objects.filter(pk__in=[slot.pk, appointment.slot_id]).order_by("pk")
        list(both.select_for_update(of=("self",)))
        give_up(appointment, now)
        made = book(slot=slot, donor=appointment.donor, now=now)
        Appointment.objects.filter(pk=appointment.pk).update(moved_to=made)
        waiting_list.offer(slot=appointment.slot, now=now)
    return made


def cancel(*, appointment: Appointment, now: datetime) -> None:
    """Give the place back, or leave the one that was offered; whoever waits is next."""
    with refusing():
        give_up(appointment, now)
        waiting_list.offer(slot=appointment.slot, now=now)


def give_up(appointment: Appointment, now: datetime) -> None:
    live = Appointment.objects.live().filter(pk=appointment.pk)
    if not live.update(state=Appointment.State.CANCELLED, settled_at=now):
        raise Refused(_("This appointment is no longer booked."))


def may_set_out(appointment: Appointment, now: datetime) -> bool:
    """On the day, some hours before the time and until the session ends."""
    slot = appointment.slot
    near = slot.starts_at - ON_THE_WAY <= now < slot.session.ends_at
    return near and appointment.state == Appointment.State.BOOKED


def set_out(*, appointment: Appointment, now: datetime) -> None:
    """The donor is on the way; reception sees it. Saying it twice keeps the first time."""
    if not may_set_out(appointment, now):
        raise Refused(_("Say so on the day itself, when you leave."))
    if advice.of(appointment, now).against:
        raise Refused(_("Please do not set out. Choose another day, or speak with the doctor."))
    booked = Appointment.objects.filter(pk=appointment.pk, state=Appointment.State.BOOKED)
    booked.filter(on_way_at=None).update(on_way_at=now)


def settle_missed(*, now: datetime) -> int:
    """Whoever did not come may book again; how many places were missed."""
    over = Slot.objects.filter(session__ends_at__lte=now - LATE_ENTRIES)
    return Appointment.objects.filter(
        state=Appointment.State.BOOKED,
        slot__in=over.exclude(session__state=Session.State.CANCELLED),
    ).update(state=Appointment.State.MISSED, settled_at=now)


def still_open(slot: Slot, now: datetime) -> None:
    if slot.session.state not in Session.LIVE or slot.starts_at <= now:
        raise Refused(_("This time is over or was cancelled. Choose another one."), "slot")


def with_a_place(slot: Slot, now: datetime) -> None:
    """Asked before the database says the same, so that the answer can name its field."""
    still_open(slot, now)
    if slot.free < 1:
        raise Refused(_("This time is full. Choose another one."), "slot")
