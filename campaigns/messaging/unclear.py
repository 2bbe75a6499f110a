"""Messages of which nobody knows whether the provider took them.

A provider that drops repeats gets the message again. Another one may have taken it, so its report is
awaited first; then a message that somebody waits for is sent once more, since a second copy is better
than none, and one that its recipient may refuse (an appeal, a reminder) is not.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from campaigns.models import DeliveryReport, Notification
from donors.models import Channel

from .catalogue import KINDS
from .transports import transport

State = Notification.State
# Kannel reports within seconds that the network took a message; ``due_at`` lies a minute or more
# after the try.
PATIENCE = timedelta(minutes=10)
END = "unknown end"
BATCH = 500


def tend(*, most: int, now: datetime) -> None:
    """``most``: tries after which a message is given up."""
    for channel in Channel.values:
        unknown = Notification.objects.filter(state=State.UNKNOWN, channel=channel)
        unknown.filter(attempts__gt=most).update(
            state=State.FAILED, settled_at=now, error=f"{END}, too many tries"
        )
        if transport(channel).drops_repeats():
            unknown.update(state=State.PENDING)
        else:
            _waited(unknown.filter(due_at__lte=now - PATIENCE), now)


def _waited(rows: QuerySet[Notification], now: datetime) -> None:
    for pk, kind in list(rows.order_by("pk").values_list("pk", "kind")[:BATCH]):
        with transaction.atomic():
            unknown = Notification.objects.filter(pk=pk, state=State.UNKNOWN)
            again = KINDS[kind].purpose is None and _first(pk, now)
            if again:
                unknown.update(state=State.PENDING, error=END)
            else:
                unknown.update(state=State.FAILED, settled_at=now, error=END)


def _first(pk: int, now: datetime) -> bool:
    """Record the one repetition; False if there was one."""
    _row, made = DeliveryReport.objects.get_or_create(
        key=f"repeated:{pk}",
        defaults={
            "notification_id": pk,
            "outcome": DeliveryReport.Outcome.REPEATED,
            "source": DeliveryReport.Source.OURS,
            "at": now,
            "applied_at": now,
        },
    )
    return made
