"""Steps of a booking without an account, through the product's own rules."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from campaigns.booking import place_requests
from campaigns.models import Campaign, Operation
from centers.models import BookingRequest, Slot
from centers.sessions import booking, booking_requests

from . import factories

PERSON = {
    "given_name": "Salma",
    "family_name": "Bennani",
    "sex": "F",
    "birth_date": "02/04/1991",
    "address": "salma@example.org",
}


def campaign(*, state: str = "confirmed", places: int = 10, days: int = 1, **fields) -> Campaign:
    """A campaign of the centre of Taza with one session of so many places."""
    now = timezone.now()
    session = factories.session(places=places, days=days)
    decided = {} if state == "asked" else {"decided_at": now, "decided_by": factories.user()}
    values = {
        "name_ar": "حملة تازة",
        "name_fr": "Campagne de Taza",
        "name_en": "Campaign of Taza",
        "unit": factories.unit(),
        "center": session.center,
        "planned_on": timezone.localdate(session.starts_at),
        "target": 100,
        "cap": 120,
        "drafted_at": now,
        "drafted_by": factories.user(),
        "state": state,
    }
    made = Campaign.objects.create(**values | decided | fields)
    made.sessions.add(session)
    return made


def slot(of: Campaign) -> Slot:
    return Slot.objects.filter(session__campaigns=of).select_related("session").first()


def later_slot(of: Campaign, *, places: int = 5) -> Slot:
    """A second slot of the same campaign, half an hour after the first."""
    first = slot(of)
    starts_at = first.starts_at + timedelta(minutes=30)
    return Slot.objects.create(session=first.session, starts_at=starts_at, places=places)


def asked(at: Slot, now, **fields) -> BookingRequest:
    values = PERSON | {
        "birth_date": date(1991, 4, 2),
        "channel": "email",
        "language": "ar",
        "wants_appeals": False,
    }
    return place_requests.ask(slot=at, now=now, **values | fields)


def confirmed(at: Slot, now, **fields):
    request = asked(at, now, **fields)
    return place_requests.confirm(asked=request, code=booking_requests.code_of(request), now=now)


def fill(at: Slot, now) -> None:
    """Book every remaining place for somebody else."""
    at.refresh_from_db()
    for _number in range(at.free):
        booking.book(slot=at, donor=factories.donor(), now=now)
    at.refresh_from_db()


def operation() -> Operation:
    return Operation.objects.create(
        name_ar="زلزال الحوز",
        name_fr="Séisme d’Al Haouz",
        name_en="Al Haouz earthquake",
        kind="earthquake",
        began_on=timezone.localdate(),
        opened_at=timezone.now(),
        opened_by=factories.administrator(),
    )
