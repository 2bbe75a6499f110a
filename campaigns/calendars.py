"""Calendar files (RFC 5545) for a place that was booked or a campaign one means to go to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import icalendar
from django.conf import settings


@dataclass(frozen=True)
class Event:
    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    latitude: float
    longitude: float
    url: str


def render(events: Iterable[Event], now: datetime) -> str:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Blood donation campaigns//EN")
    host = settings.SITE_URL.split("//")[-1]
    for event in events:
        entry = icalendar.Event()
        entry.add("uid", f"{event.uid}@{host}")
        entry.add("dtstamp", now.astimezone(UTC))
        entry.add("dtstart", event.starts_at.astimezone(UTC))
        entry.add("dtend", event.ends_at.astimezone(UTC))
        entry.add("summary", event.summary)
        entry.add("location", event.place)
        entry.add("geo", (event.latitude, event.longitude))
        entry.add("url", event.url)
        calendar.add_component(entry)
    return calendar.to_ical().decode()
