"""The waiting list of a full session: a free place is offered to the person waiting longest."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from centers.models import Appointment, Session, Slot, Waiting
from centers.models.appointment import WaitingQuerySet
from donors.clock.calendar import local_day, quiet_until
from donors.errors import Refused, refusing
from donors.models import Donor

from . import advice

HOLD = timedelta(hours=2)
# An offer later than this before its time leaves too little time to answer and to travel.
NOTICE = timedelta(minutes=90)
REACH = timedelta(minutes=45)


def join(*, session: Session, donor: Donor, now: datetime) -> Waiting:
    """Join the waiting list; joining twice has no further effect. Refused to donors with an
    appointment."""
    if session.state not in Session.LIVE or session.ends_at <= now:
        raise Refused(_("This session is over or was cancelled."))
    if Appointment.objects.live().filter(donor__in=donor.linked_rows()).exists():
        raise Refused(_("You have a place already. Give it back first; then wait for another."))
    last = local_day(session.ends_at)
    first = advice.on(donor=donor, day=local_day(session.starts_at), now=now).first
    if first is None or first > last:
        raise Refused(_("You cannot give on this day yet. Choose a later one, or ask the centre."))
    with refusing():
        waiting = Waiting(session=session, donor=donor, since=now)
        Waiting.objects.bulk_create([waiting], ignore_conflicts=True)
        return Waiting.objects.live().get(session=session, donor=donor)


def leave(*, waiting: Waiting, now: datetime) -> None:
    Waiting.objects.live().filter(pk=waiting.pk).update(left_at=now)


def ahead(waiting: Waiting) -> int:
    """How many have waited longer."""
    return Waiting.objects.live().filter(session=waiting.session, pk__lt=waiting.pk).count()


def in_vain(now: datetime) -> WaitingQuerySet:
    """People waiting for a session that is over, cancelled, or too near for an offer."""
    later = Slot.objects.filter(session=OuterRef("session"), starts_at__gte=now + NOTICE)
    live = Exists(later.filter(session__state__in=Session.LIVE))
    return Waiting.objects.live().filter(~live).select_related("donor").order_by("pk")


def goes_first(*, now: datetime, but: Donor | None = None) -> Q:
    """Of slots whose free places are offered to a waiting list first; strangers do not pass it.

    Who has a place elsewhere by now cannot be offered one, and holds up nobody. ``but``: the person
    who asks.
    """
    waiting = Waiting.objects.live().filter(session=OuterRef("session"))
    placed = Appointment.objects.live().filter(donor=OuterRef("donor"))
    waiting = waiting.filter(~Exists(placed))
    if but:
        waiting = waiting.exclude(donor__in=but.linked_rows())
    return Q(Exists(waiting), starts_at__gte=(quiet_until(now) or now) + NOTICE)


def hold_until(slot: Slot, now: datetime) -> datetime | None:
    """Until when an offer made now would be held; None if there is no time left to answer.

    The time to answer begins in the morning, and ends early enough to reach the place.
    """
    if slot.starts_at - now < NOTICE:
        return None
    heard_at = quiet_until(now) or now
    until = min(heard_at + HOLD, slot.starts_at - REACH)
    return until if until - heard_at >= REACH else None


def offer(*, slot: Slot, now: datetime) -> int:
    """Offer the free places of a slot to those who wait longest and may give that day; returns how
    many."""
    until = hold_until(slot, now)
    if until is None or slot.session.state not in Session.LIVE:
        return 0
    slot.refresh_from_db(fields=["taken"])
    free, held = slot.free, 0
    line = Waiting.objects.live().filter(session=slot.session).select_related("donor")
    for waiting in line.order_by("since", "pk"):
        if held == free:
            break
        day = local_day(slot.starts_at)
        if not advice.on(donor=waiting.donor, day=day, now=now).against:
            # Somebody who has an appointment elsewhere by now is skipped.
            with contextlib.suppress(Refused):
                _hold(waiting, slot, until, now)
                held += 1
    return held


def _hold(waiting: Waiting, slot: Slot, until: datetime, now: datetime) -> None:
    with refusing():
        place = Appointment.objects.create(
            slot=slot,
            donor=waiting.donor,
            state=Appointment.State.OFFERED,
            made_at=now,
            offered_until=until,
        )
        Waiting.objects.live().filter(pk=waiting.pk).update(left_at=now, offer=place)


def take(*, appointment: Appointment, now: datetime) -> None:
    """Accept the offered place, unless something speaks against that day now."""
    if advice.of(appointment, now).against:
        raise Refused(_("You cannot give on this day yet. Choose a later one, or ask the centre."))
    offered = Appointment.objects.filter(
        pk=appointment.pk, state=Appointment.State.OFFERED, offered_until__gt=now
    )
    if not offered.update(state=Appointment.State.BOOKED):
        raise Refused(_("This place is no longer held for you."))


def lapse(*, now: datetime) -> int:
    """End offers not accepted in time; the places go to the next. Returns how many."""
    over = Appointment.objects.filter(state=Appointment.State.OFFERED, offered_until__lte=now)
    lapsed = 0
    for place in over.select_related("slot__session").order_by("pk"):
        with refusing():
            if over.filter(pk=place.pk).update(state=Appointment.State.CANCELLED, settled_at=now):
                offer(slot=place.slot, now=now)
                lapsed += 1
    return lapsed
