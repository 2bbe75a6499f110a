"""What the messages about bags say: numbers of bags and products, never whose blood it is, nor for whom."""

from __future__ import annotations

from django.db.models import QuerySet

from campaigns.models import Notification
from centers.models import BagAlarm

from . import links, sms_names

MOST_NAMED = 20  # bags in a message; the page shows all


def of_group(first: BagAlarm) -> QuerySet[BagAlarm]:
    """The open alarms told together: of one kind, at one centre or hospital, for one recall."""
    rows = BagAlarm.objects.open().filter(kind=first.kind, center=first.center)
    rows = rows.filter(hospital=first.hospital)
    return rows.filter(recall=first.recall) if first.recall_id else rows


def group(notification: Notification, language: str) -> dict[str, object]:
    alarms = BagAlarm.objects.select_related("center", "hospital", "issue__request__hospital")
    first = alarms.get(pk=notification.subject_id)
    rows = of_group(first).select_related("bag__donation", "bag__component")
    count = rows.count()
    page = "centers:bags-away" if first.kind == BagAlarm.Kind.NEWS else "centers:alarm-list"
    return {
        "first": first,
        "kind": first.kind,
        "center": first.center,
        "place": first.place,
        "near": sms_names.cut(first.center.city, 21),
        "rows": rows.order_by("made_at", "pk")[:MOST_NAMED],
        "count": count,
        "more": max(0, count - MOST_NAMED),
        "link": links.page_url(page, language, first.center.code),
    }


def to_hospital(notification: Notification, language: str) -> dict[str, object]:
    return group(notification, language) | {"link": links.alarm_url(notification, language)}
