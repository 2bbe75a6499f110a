"""Times that can still be booked, and the visit that was."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from centers.models import Appointment, BookingRequest, Session, Slot

from .calendars import Event
from .models import Campaign

VISIT = timedelta(minutes=45)


def open_slots(now: datetime) -> QuerySet[Slot]:
    """With a free place in a session that takes place, soonest first."""
    rows = Slot.objects.filter(
        session__state__in=Session.LIVE, starts_at__gt=now, taken__lt=F("places")
    )
    return rows.select_related("session").order_by("starts_at", "pk")


def of(campaign: Campaign, now: datetime) -> QuerySet[Slot]:
    return open_slots(now).filter(session__campaigns=campaign)


def beside(slot: Slot, now: datetime) -> QuerySet[Slot]:
    """Other times of the same campaign, or of the same session where no campaign is public."""
    campaign = campaign_of(slot.session)
    if campaign is None:
        return open_slots(now).filter(session=slot.session)
    return of(campaign, now)


def still_open(slot: Slot, now: datetime) -> bool:
    return open_slots(now).filter(pk=slot.pk).exists()


def campaign_of(session: Session) -> Campaign | None:
    """The campaign whose page tells of the session; a draft has none."""
    return Campaign.objects.public().filter(sessions=session).order_by("pk").first()


def visit(asked: BookingRequest, url: str) -> list[Event]:
    """The time that is booked, with what a visit takes; nothing once the place is given back."""
    if asked.appointment is None or asked.appointment.state != Appointment.State.BOOKED:
        return []
    slot, session = asked.slot, asked.slot.session
    return [
        Event(
            uid=str(asked.public_id),
            starts_at=slot.starts_at,
            ends_at=slot.starts_at + VISIT,
            summary=_("Giving blood"),
            place=session.name,
            latitude=session.latitude,
            longitude=session.longitude,
            url=url,
        )
    ]
