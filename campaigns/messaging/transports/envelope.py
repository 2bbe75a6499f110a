"""The names by which a mail is found again when it comes back: both carry a signed mark."""

from __future__ import annotations

from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings

from campaigns.messaging import marks
from campaigns.messaging.catalogue import Message


def message_id(message: Message) -> str:
    mark = marks.of(message.notification_id, marks.MESSAGE_ID)
    return f"<n{mark}@{_domain(settings.DEFAULT_FROM_EMAIL)}>"


@lru_cache(maxsize=8)
def _domain(sender: str) -> str:
    return parseaddr(sender)[1].partition("@")[2]


def return_path(message: Message) -> str:
    """VERP: ``bounces+123-0f…@example.org``, where ``BOUNCE_ADDRESS`` is set; the sender otherwise."""
    name, _at, domain = settings.BOUNCE_ADDRESS.partition("@")
    if not name:
        return settings.DEFAULT_FROM_EMAIL
    return f"{name}+{marks.of(message.notification_id, marks.ENVELOPE)}@{domain}"
