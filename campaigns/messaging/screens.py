"""How a message is shown on a locked screen: a title, a place and a day, and where a click leads."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

TOPIC = 32  # letters at most (RFC 8030, section 5.4)
LONGEST, SHORTEST, USUAL = timedelta(days=28), timedelta(hours=1), timedelta(days=2)


@dataclass(frozen=True)
class Screen:
    """``place``: what a template of WhatsApp says of place and day; empty where something speaks
    against the day, for a template cannot say that. ``topic``: a newer message about the same thing replaces the older one. ``lives_seconds``: how
    long the service keeps it for a telephone that is off."""

    url: str
    place: str
    topic: str
    lives_seconds: int
    urgency: str


def of(context: Mapping[str, Any], *, urgent: bool, now: datetime) -> Screen:
    """By what the text of the message is made of."""
    subject, until = _about(context)
    lives = min(max(until - now, SHORTEST), LONGEST) if until else USUAL
    return Screen(
        url=context.get("link") or context.get("page") or context.get("list_link") or "",
        place="" if getattr(context.get("advice"), "against", None) else body(context),
        topic=topic(subject),
        lives_seconds=int(lives.total_seconds()),
        urgency="high" if urgent else "normal",
    )


def topic(subject: str) -> str:
    """Says nothing to the push service, not even which people got the same message elsewhere."""
    key = settings.LINK_KEY.encode()
    return hmac.new(key, f"topic.{subject}".encode(), hashlib.sha256).hexdigest()[:TOPIC]


def _about(context: Mapping[str, Any]) -> tuple[str, datetime | None]:
    if memo := context.get("memo"):
        return f"memo:{memo.pk}", memo.deadline_at
    if place := context.get("appointment"):
        return f"visit:{place.pk}", place.offered_until or place.slot.starts_at
    if waiting := context.get("waiting"):
        return f"waiting:{waiting.pk}", waiting.session.starts_at
    if appeal := context.get("appeal"):
        return f"appeal:{appeal.pk}", appeal.expires_at
    campaign = context["campaign"]
    return f"campaign:{campaign.pk}", None


def body(context: Mapping[str, Any]) -> str:
    """The place and the day. No name and nothing about health: others read it on the screen too."""
    if memo := context.get("memo"):
        version = context.get("version")
        over = memo.deadline_at <= timezone.now() or (version and version.kind == "ended")
        return "" if over else _("Answer before %(day)s.") % {"day": _at(memo.deadline_at)}
    if session := context.get("session"):
        slot = context.get("slot")
        return f"{session.name} · {_at(slot.starts_at) if slot else _on(session.starts_at)}"
    if host := context.get("host"):
        return str(host.city)
    campaign = context["campaign"]
    return f"{campaign.center.city} · {_on(campaign.planned_on)}"


def _at(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _on(day: date) -> str:
    at = timezone.localtime(day) if isinstance(day, datetime) else day
    return date_format(at, "DATE_FORMAT")
