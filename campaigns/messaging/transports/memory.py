"""The demo's transport: keeps the message on a page, as its recipient would read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils import timezone

from campaigns.messaging.catalogue import Message
from campaigns.models import DeliveredCopy

from . import one_by_one

if TYPE_CHECKING:
    from . import HandOver


@contextmanager
def open() -> Iterator[HandOver]:  # noqa: A001 - the same word in every transport
    yield one_by_one(lambda message, _seconds: deliver(message))


def in_flight() -> int:
    return 10


def deliver(message: Message) -> str:
    """Sending again keeps the first copy."""
    copy, _made = DeliveredCopy.objects.get_or_create(
        notification_id=message.notification_id,
        defaults={
            "language": message.language,
            "subject": message.subject,
            "text": f"{message.text}\n{message.screen.url}" if message.screen else message.text,
            "handed_over_at": timezone.now(),
        },
    )
    return f"copy-{copy.pk}"


def drops_repeats() -> bool:
    """One copy is kept of each message."""
    return True
