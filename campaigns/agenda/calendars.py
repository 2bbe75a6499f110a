"""Calendars (RFC 5545): an appointment, a campaign, all campaigns of a unit or a centre."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import icalendar
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

HOUR = timedelta(hours=1)


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
    host = settings.SITE_URL.split("//")[-1]
    for event in events:
        entry = icalendar.Event()
        entry.add("uid", f"{event.uid}@{host}")
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
        calendar.add_component(entry)
    text: str = calendar.to_ical().decode()
    return text


def _hours(event: Event) -> str:
    """Day and hours in Morocco in words: a telephone with old zone data would display another
    hour."""
    begins, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    return f"{date_format(begins, 'l j F Y')} · {begins:%H:%M}–{ends:%H:%M}"
