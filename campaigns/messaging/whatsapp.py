"""Who is written to by WhatsApp, and in which words: templates that Meta has approved, or free text to
somebody who wrote to us within a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from campaigns.models import Reply
from donors.models import Channel, Consent, Contact, Donor, Purpose

WINDOW = timedelta(hours=24)
# The template of each kind, approved in ar, fr and en under this name. Its body has two parameters:
# {{1}} place and day, {{2}} the link (docs/gateways.md has the texts to be approved).
TEMPLATES = {
    "appeal_invitation": "blood_appeal",
    "appeal_stand_down": "blood_appeal_over",
    "booking_confirmed": "place_confirmed",
    "visit_reminder": "place_reminder",
    "place_offered": "place_offered",
    "session_moved": "place_moved",
}
ANSWER = "reply_answered"  # has no template: it is free text within the day, or an SMS


def is_on() -> bool:
    return bool(settings.WHATSAPP_PHONE_ID and settings.WHATSAPP_TOKEN)


def agreed(donor: Donor) -> bool:
    return Consent.objects.live().filter(donor=donor, purpose=Purpose.WHATSAPP).exists()


def channel_of(*, kind: str, donor: Donor, contact: Contact) -> str:
    """WhatsApp instead of SMS for who agreed to it."""
    if contact.channel == Channel.SMS and kind in TEMPLATES and is_on() and agreed(donor):
        return Channel.WHATSAPP
    return contact.channel


def wrote_lately(number: str, now: datetime) -> bool:
    """Within the time in which Meta lets us answer in words of our own."""
    lately = Reply.objects.filter(number=number, received_at__gt=now - WINDOW)
    return lately.filter(channel=Channel.WHATSAPP).exists()
