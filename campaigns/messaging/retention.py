"""Daily deletion of data no longer needed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session as SignIn
from django.db import transaction
from django.db.models import Model, QuerySet

from campaigns.models import DeliveredCopy, DeliveryReport, Notification, Reply
from donors.accounts import throttle
from donors.contact import addresses

MESSAGES = timedelta(days=730)
COPIES = timedelta(days=30)
REPLIES = timedelta(days=90)  # the number and the words; what was done stays
BATCH = 10_000


def forget(*, now: datetime) -> dict[str, int]:
    """Number of rows deleted or blanked, by kind. A remainder follows the next day."""
    old = Notification.objects.filter(settled_at__lte=now - MESSAGES)
    told = DeliveryReport.objects.filter(at__lte=now - MESSAGES)
    spoken = Reply.objects.filter(received_at__lte=now - REPLIES).exclude(number="", text="")
    return {
        "addresses": addresses.forget(now=now),
        "copies": _some(DeliveredCopy.objects.filter(handed_over_at__lte=now - COPIES)),
        "reports": _some(told),
        "replies": spoken.update(number="", text="") + _some(_forgotten(now)),
        "messages": _some(old.filter(copies=None, reports=None, replies=None)),
        "counters": throttle.forget(now=now),
        "sign-ins": _some(SignIn.objects.filter(expire_date__lte=now)),
    }


def _forgotten(now: datetime) -> QuerySet[Reply]:
    return Reply.objects.filter(received_at__lte=now - MESSAGES)


@transaction.atomic
def _some(rows: QuerySet[Model]) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return rows.model._default_manager.filter(pk__in=keys).delete()[0]
