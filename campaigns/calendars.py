"""Calendar files (RFC 5545) for a place that was booked or a campaign one means to go to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

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
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Blood donation campaigns//EN"]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}@{settings.SITE_URL.split('//')[-1]}",
            f"DTSTAMP:{_instant(now)}",
            f"DTSTART:{_instant(event.starts_at)}",
            f"DTEND:{_instant(event.ends_at)}",
            f"SUMMARY:{_text(event.summary)}",
            f"LOCATION:{_text(event.place)}",
            f"GEO:{event.latitude:.5f};{event.longitude:.5f}",
            f"URL:{event.url}",
            "END:VEVENT",
        ]
    return "".join(_folded(line) + "\r\n" for line in [*lines, "END:VCALENDAR"])


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"), ("\r", "")):
        value = value.replace(plain, escaped)
    return value


def _folded(line: str) -> str:
    """No line over 75 octets, and no letter cut in two."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > 74:
            parts.append("")
            size = 1
        parts[-1] += letter
        size += width
    return "\r\n ".join(parts)
