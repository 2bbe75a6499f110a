"""Slots that can be booked, and the data of a booked visit."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db.models import Exists, F, OuterRef, QuerySet

from campaigns import calendars
from campaigns.calendars import Event
from campaigns.models import Campaign
from centers.models import Appointment, Session, Slot
from centers.sessions import advice, waiting_list
from donors.clock.zones import MOROCCO


def open_slots(now: datetime) -> QuerySet[Slot]:
    """Slots with a free place in sessions that take place, soonest first; without those whose free
    places a waiting list is offered first."""
    rows = Slot.objects.filter(
        session__state__in=Session.LIVE, starts_at__gt=now, taken__lt=F("places")
    ).exclude(waiting_list.goes_first(now=now))
    return rows.select_related("session").order_by("starts_at", "pk")


def from_day(slots: QuerySet[Slot], first: date | None) -> QuerySet[Slot]:
    """Slots from the first free day on; none where a doctor has to decide."""
    if first is None:
        return slots.none()
    return slots.filter(starts_at__gte=datetime.combine(first, time(), MOROCCO))


def instead(appointment: Appointment, now: datetime) -> QuerySet[Slot]:
    """Other slots for a visit: of its campaign, or of its centre where the donor may not give on
    the campaign's days, or the place was released."""
    slot = appointment.slot
    day = advice.of(appointment, now)
    if day.against or appointment.released:
        slots = open_slots(now).filter(session__center=slot.session.center)
        return from_day(slots, day.first).exclude(pk=slot.pk)
    return beside(slot, now).exclude(pk=slot.pk)


def of(campaign: Campaign, now: datetime) -> QuerySet[Slot]:
    return open_slots(now).filter(session__campaigns=campaign)


def beside(slot: Slot, now: datetime) -> QuerySet[Slot]:
    """Other slots of the same campaign, or of the same session where no campaign is public."""
    campaign = campaign_of(slot.session)
    if campaign is None:
        return open_slots(now).filter(session=slot.session)
    return of(campaign, now)


def lines(campaign: Campaign, now: datetime) -> list[Session]:
    """Full sessions of a campaign whose waiting list may still lead to an offer."""
    ahead = Slot.objects.filter(session=OuterRef("pk"), starts_at__gt=now + waiting_list.NOTICE)
    rows = campaign.sessions.filter(Exists(ahead), state__in=Session.LIVE)
    free = open_slots(now).filter(session=OuterRef("pk"))
    return list(rows.filter(~Exists(free)).order_by("starts_at", "pk"))


def still_open(slot: Slot, now: datetime) -> bool:
    return open_slots(now).filter(pk=slot.pk).exists()


def campaign_of(session: Session) -> Campaign | None:
    """The public campaign of the session; None for a draft."""
    return Campaign.objects.public().filter(sessions=session).order_by("pk").first()


def visit(appointment: Appointment, url: str, now: datetime) -> list[Event]:
    """The entry of a visit; cancelled once the place was given back, the session is cancelled or
    something speaks against that day, so that an entry kept earlier goes. None of a place that was
    offered only, or used."""
    states = Appointment.State
    if appointment.state not in (states.BOOKED, states.CANCELLED):
        return []
    off = (
        appointment.state == states.CANCELLED
        or appointment.slot.session.state == Session.State.CANCELLED
        or advice.of(appointment, now).against
    )
    return [calendars.visit(appointment, url, cancelled=bool(off))]
