"""Messages to officers: by mail, and by SMS too where their mobile number is verified."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from donors.models import Channel, OfficerPhone, User

from . import outbox
from .catalogue import KINDS


def tell(*, kind: str, cause: str, subject_id: int, users: Iterable[User], now: datetime) -> None:
    """Queue one message per officer and channel; queueing again with the same cause adds nothing.

    Two statements, however many officers there are.
    """
    people = list(users)
    phones: set[int] = set()
    if Channel.SMS in KINDS[kind].channels:
        proved = OfficerPhone.objects.filter(user__in=people, verified_at__isnull=False)
        phones = set(proved.values_list("user_id", flat=True))
    by_mail = [(user, cause, Channel.EMAIL) for user in people if user.email]
    by_phone = [(user, f"{cause}:sms", Channel.SMS) for user in people if user.pk in phones]
    outbox.enqueue_for_users(
        kind=kind, subject_id=subject_id, messages=[*by_mail, *by_phone], now=now
    )
