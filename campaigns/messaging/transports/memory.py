"""The demo's transport: keeps the message on a page, as its recipient would read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils import timezone

from campaigns.messaging.catalogue import Message
from campaigns.models import DeliveredCopy


@contextmanager
def open() -> Iterator[Callable[[Message], str]]:  # noqa: A001 - the same word in every transport
    yield deliver


def deliver(message: Message) -> str:
    """Sending again keeps the first copy."""
    copy, _made = DeliveredCopy.objects.get_or_create(
        notification_id=message.notification_id,
        defaults={
            "language": message.language,
            "subject": message.subject,
            "text": message.text,
            "handed_over_at": timezone.now(),
        },
    )
    return f"copy-{copy.pk}"


def drops_repeats() -> bool:
    """One copy is kept of each message."""
    return True
