"""The code that proves an officer's mobile number, sent by SMS."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.messaging import outbox
from donors.models import Channel, User
from donors.units import officer_reach


@transaction.atomic
def send_code(*, user: User, typed: str, now: datetime) -> None:
    phone = officer_reach.enter_phone(user=user, typed=typed, now=now)
    outbox.enqueue(
        kind="phone_code",
        cause=f"phone:{phone.key}",
        subject_id=phone.pk,
        user=user,
        channel=Channel.SMS,
        urgent=True,
        now=now,
    )
