"""Campaigns in the vocabulary of schema.org, for search engines and voice assistants."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from campaigns.agenda.listing import Day, Standing
from campaigns.models import Campaign
from centers.models import Session

SCHEMA = "https://schema.org"
# Escapes as json_script does: no text of a campaign may close the script element.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def events(
    campaign: Campaign, days: Iterable[Day], standing: Standing, url: str
) -> list[dict[str, object]]:
    """One schema.org Event for each day to come."""
    called_off = standing == Standing.CANCELLED
    return [
        {
            "@context": SCHEMA,
            "@type": "Event",
            "name": campaign.name,
            "url": url,
            "startDate": timezone.localtime(day.session.starts_at).isoformat(),
            "endDate": timezone.localtime(day.session.ends_at).isoformat(),
            **_status(day.session, called_off),
            "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
            "isAccessibleForFree": True,
            "maximumAttendeeCapacity": day.places,
            "remainingAttendeeCapacity": day.free,
            "organizer": {"@type": "Organization", "name": campaign.unit.name},
            "location": {
                "@type": "Place",
                "name": day.session.name,
                "address": {"@type": "PostalAddress", "addressCountry": "MA"},
                "geo": {
                    "@type": "GeoCoordinates",
                    "latitude": day.session.latitude,
                    "longitude": day.session.longitude,
                },
            },
        }
        for day in days
    ]


def _status(session: Session, called_off: bool) -> dict[str, object]:
    if called_off or session.state == Session.State.CANCELLED:
        return {"eventStatus": f"{SCHEMA}/EventCancelled"}
    if session.was_at:
        before = timezone.localtime(session.was_at).isoformat()
        return {"eventStatus": f"{SCHEMA}/EventRescheduled", "previousStartDate": before}
    return {"eventStatus": f"{SCHEMA}/EventScheduled"}


def questions(rows: Iterable[tuple[str, str]]) -> dict[str, object]:
    return {
        "@context": SCHEMA,
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": answer},
            }
            for question, answer in rows
        ],
    }


def script(data: list[dict[str, object]]) -> SafeString:
    """A data block: browsers do not execute it, so the strict CSP allows it."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308
