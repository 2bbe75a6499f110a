"""Calendars (RFC 5545): an appointment, a campaign, all campaigns of a unit or a centre."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import icalendar
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from centers.models import Appointment

HOUR = timedelta(hours=1)
VISIT = timedelta(minutes=45)


@dataclass(frozen=True)
class Event:
    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    latitude: float | None
    longitude: float | None
    url: str
    stamp: datetime
    cancelled: bool = False
    moves: int = 0


def render(events: Iterable[Event], name: str = "") -> str:
    """A calendar file; with a ``name`` a subscription that is refreshed hourly."""
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Blood donation campaigns//EN")
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", HOUR, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(_entry(event))
    text: str = calendar.to_ical().decode()
    return text


def invitation(event: Event, *, organizer: str, attendee: str) -> tuple[str, str]:
    """The calendar part of a mail (RFC 5546) and its method. With a known UID and a higher SEQUENCE
    it replaces the entry that the person has. Nothing is to be answered: the place is booked."""
    method = "CANCEL" if event.cancelled else "REQUEST"
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Blood donation campaigns//EN")
    calendar.add("method", method)
    entry = _entry(event)
    entry.add("organizer", f"mailto:{organizer}")
    accepted = {"partstat": "ACCEPTED", "rsvp": "FALSE"}
    entry.add("attendee", f"mailto:{attendee}", parameters=accepted)
    calendar.add_component(entry)
    return calendar.to_ical().decode(), method


def _entry(event: Event) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", f"{event.uid}@{settings.SITE_URL.split('//')[-1]}")
    entry.add("dtstamp", event.stamp.astimezone(UTC))
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    entry.add("sequence", event.moves + event.cancelled)
    entry.add("dtstart", event.starts_at.astimezone(UTC))
    entry.add("dtend", event.ends_at.astimezone(UTC))
    entry.add("summary", event.summary)
    entry.add("description", _hours(event))
    if event.place:
        entry.add("location", event.place)
    if event.latitude is not None:
        entry.add("geo", (event.latitude, event.longitude))
    entry.add("url", event.url)
    return entry


def visit(appointment: Appointment, url: str, *, cancelled: bool = False) -> Event:
    """The visit. It keeps its UID through every move: a moved appointment is a new row, and its
    first one names the entry; each move, of the person or of the session, raises the SEQUENCE."""
    slot, session = appointment.slot, appointment.slot.session
    first, moves = appointment, session.moves
    rows = Appointment.objects.select_related("slot__session")
    while before := rows.filter(moved_to=first.pk).first():
        first, moves = before, moves + 1 + before.slot.session.moves
    return Event(
        uid=str(first.public_id),
        starts_at=slot.starts_at,
        ends_at=slot.starts_at + VISIT,
        summary=_("Giving blood"),
        place=session.name,
        latitude=session.latitude,
        longitude=session.longitude,
        url=url,
        stamp=max(appointment.made_at, session.moved_at or appointment.made_at),
        cancelled=cancelled,
        moves=moves,
    )


def _hours(event: Event) -> str:
    """Day and hours in Morocco in words: a telephone with old zone data would display another
    hour."""
    begins, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    return f"{date_format(begins, 'l j F Y')} · {begins:%H:%M}–{ends:%H:%M}"
