"""Beds, room and hours of a session that people have booked: who booked last gives way."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from centers.models import Appointment, Session, Slot
from donors.errors import Refused, refusing

from . import booking, planning

Cause = Appointment.Released


def arrange(
    *,
    session: Session,
    beds: int,
    room: str,
    now: datetime,
    ends_at: datetime | None = None,
    despite: bool = False,
) -> int:
    """Change beds, room or the end of a session that is planned or open; returns how many people
    lose their place. They booked last, and ``despite`` says that this was read.

    Only times to come change. More places are offered to the waiting list, if there is one.
    """
    with refusing():
        here = session.locked()
        if here.state not in Session.LIVE or here.ends_at <= now:
            raise Refused(_("Only a planned or open session can be changed."))
        ends_at = ends_at or here.ends_at
        if ends_at <= max(now, here.starts_at):
            raise Refused(_("The session would end before now. Close it instead."), "ends")
        if ends_at - here.starts_at > planning.LONGEST:
            sentence = _("A session lasts 16 hours at most. Look at both hours again.")
            raise Refused(sentence, "ends")
        step = timedelta(minutes=planning.slot_minutes(here))
        Session.objects.filter(pk=here.pk).update(beds=beds, room=room, ends_at=ends_at)
        lost, most = 0, 0
        ahead = here.slots.select_for_update(of=("self",)).filter(starts_at__gt=now)
        for slot in ahead.order_by("starts_at"):
            places = beds if slot.starts_at + step <= ends_at else 0
            most = max(most, slot.taken if slot.taken > places else 0)
            lost += _narrow(slot, places, now)
        if lost and not despite:
            raise Refused(_over(most), "despite")
        _lengthen(here, beds, step, ends_at)
    return lost


def _over(most: int) -> str:
    return ngettext(
        "One of its times is booked by %(count)s person already. Tick below that the last ones lose"
        " their place; they are told and offered other times.",
        "One of its times is booked by %(count)s people already. Tick below that the last ones lose"
        " their place; they are told and offered other times.",
        most,
    ) % {"count": most}


def _narrow(slot: Slot, places: int, now: datetime) -> int:
    """Set the places; who booked last loses theirs, and nobody who has arrived."""
    kept = Appointment.objects.filter(slot=slot, kept_until__isnull=False)
    over = slot.taken - places
    if over > 0:
        over -= kept.update(kept_until=None)
    cause = Cause.FEWER if places else Cause.ENDED
    last = Appointment.objects.live().filter(slot=slot).order_by("-made_at", "-pk")
    losing = list(last[: max(over, 0)])
    for appointment in losing:
        booking.give_up(appointment, now, released=cause)
    slot.refresh_from_db(fields=["taken"])
    Slot.objects.filter(pk=slot.pk).update(places=max(places, slot.taken))
    return len(losing)


def _lengthen(session: Session, beds: int, step: timedelta, ends_at: datetime) -> None:
    """Times after the last one that fit before the new end."""
    last = session.slots.order_by("-starts_at").first()
    made, at = [], last.starts_at + step if last else session.starts_at
    while at + step <= ends_at:
        made.append(Slot(session=session, starts_at=at, places=beds))
        at += step
    Slot.objects.bulk_create(made)


def booked_later(session: Session, now: datetime) -> int:
    """How many are still to come, who would stand before a closed door."""
    return Appointment.objects.live().filter(slot__session=session, slot__starts_at__gt=now).count()


def close(*, session: Session, now: datetime) -> None:
    """Nobody is received any more; who has a place at a later time loses it and is told."""
    with refusing():
        row = Session.objects.filter(pk=session.pk, state=Session.State.OPEN)
        if not row.update(state=Session.State.CLOSED):
            raise Refused(_("Only an open session can be closed."))
        later = Q(slot__session=session.pk, slot__starts_at__gt=now)
        for place in Appointment.objects.live().filter(later).order_by("pk"):
            booking.give_up(place, now, released=Cause.ENDED)
