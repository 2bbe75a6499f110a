"""Sends approved invitations to command a unit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.messaging import outbox
from campaigns.models import Notification
from donors.models import Invitation

KIND = "officer_invited"


@transaction.atomic
def tell(*, now: datetime) -> int:
    """Queue the invitations, each once; returns how many."""
    sent = Notification.objects.filter(kind=KIND).values("subject_id")
    live = Invitation.objects.filter(accepted_at=None, dropped_at=None, expires_at__gt=now)
    live = live.filter(unit__closed_on=None)
    rows = list(live.exclude(pk__in=sent).select_related("user").order_by("pk"))
    for invitation in rows:
        outbox.enqueue(
            kind=KIND,
            cause=f"invitation:{invitation.pk}",
            subject_id=invitation.pk,
            user=invitation.user,
            urgent=True,
            now=now,
        )
    return len(rows)
