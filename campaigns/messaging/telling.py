"""Messages to officers: by mail, and by SMS too where their mobile number is verified."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from donors.models import Channel, OfficerPhone, User

from . import outbox
from .catalogue import KINDS


def tell(*, kind: str, cause: str, subject_id: int, users: Iterable[User], now: datetime) -> None:
    """Queue one message per officer and channel; queueing again with the same cause adds nothing."""
    people = list(users)
    proved = OfficerPhone.objects.filter(user__in=people, verified_at__isnull=False)
    phones = set(proved.values_list("user_id", flat=True))
    for user in people:
        if user.email:
            outbox.enqueue(kind=kind, cause=cause, subject_id=subject_id, user=user, now=now)
        if user.pk in phones and Channel.SMS in KINDS[kind].channels:
            outbox.enqueue(
                kind=kind,
                cause=f"{cause}:sms",
                subject_id=subject_id,
                user=user,
                channel=Channel.SMS,
                now=now,
            )
