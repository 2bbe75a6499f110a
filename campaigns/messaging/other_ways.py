"""A message whose way to its person is closed goes by the next one, once and not twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from campaigns.models import Notification
from donors.models import Channel, Contact

from .catalogue import KINDS

State, Refusal = Notification.State, Notification.Refusal


def after(notification: Notification, code: str) -> dict[str, Any]:
    """What becomes of the row: due at once by the other way, or failed where there is none.

    An officer has the same message by mail already.
    """
    said = {"error": code, "code": code, "refusal": Refusal.MESSAGE}
    contact = _next(notification)
    if contact is None:
        return said | {"state": State.FAILED}
    now = timezone.now()
    way = {"contact": contact, "channel": contact.channel, "due_at": now, "attempts": 0}
    return said | way | {"state": State.PENDING}


def by_sms(*, notification: Notification, now: datetime) -> int:
    """A message that WhatsApp took and then reported as failed goes by SMS to the same number."""
    failed = Notification.objects.filter(
        pk=notification.pk,
        channel=Channel.WHATSAPP,
        state=State.FAILED,
        contact__channel=Channel.SMS,
    )
    return failed.update(
        channel=Channel.SMS, state=State.PENDING, settled_at=None, due_at=now, attempts=0
    )


def _next(notification: Notification) -> Contact | None:
    if notification.donor is None:
        return None
    if notification.channel == Channel.WHATSAPP:
        return notification.contact  # the same number, by SMS
    rows = Contact.objects.reachable().filter(donor=notification.donor)
    rows = rows.filter(channel__in=KINDS[notification.kind].channels)
    # The preferred one was this browser; another browser before mail would be as likely gone.
    others = rows.exclude(notifications=notification).exclude(channel=Channel.PUSH)
    return others.order_by("-preferred", "pk").first()
