"""Messages to officers: by mail, by SMS too where their mobile number is verified, and as a
notification in the browsers where they want it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from donors.models import Channel, OfficerPhone, PushSubscription, User

from . import outbox
from .catalogue import KINDS


def tell(*, kind: str, cause: str, subject_id: int, users: Iterable[User], now: datetime) -> None:
    """Queue one message per officer and channel; queueing again with the same cause adds nothing.

    Three statements, however many officers there are.
    """
    people = list(users)
    phones: set[int] = set()
    if Channel.SMS in KINDS[kind].channels:
        proved = OfficerPhone.objects.filter(user__in=people, verified_at__isnull=False)
        phones = set(proved.values_list("user_id", flat=True))
    browsers: set[int | None] = set()
    if Channel.PUSH in KINDS[kind].channels:
        subscribed = PushSubscription.objects.filter(user__in=people)
        browsers = set(subscribed.values_list("user_id", flat=True))
    by_mail = [(user, cause, Channel.EMAIL) for user in people if user.email]
    by_phone = [(user, f"{cause}:sms", Channel.SMS) for user in people if user.pk in phones]
    on_screen = [(user, f"{cause}:push", Channel.PUSH) for user in people if user.pk in browsers]
    outbox.enqueue_for_users(
        kind=kind, subject_id=subject_id, messages=[*by_mail, *by_phone, *on_screen], now=now
    )
