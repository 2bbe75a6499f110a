"""What the messages about memos say."""

from __future__ import annotations

from django.utils import timezone

from campaigns.models import Addressee, Memo, MemoVersion, Notification, PastAnswer
from donors.clock.calendar import local_day
from donors.models import Officer

from . import links, sms_names

MOST_NAMED = 40  # units in a digest; the page shows all


def _of_memo(memo: Memo) -> dict[str, object]:
    return {"memo": memo, "reference": sms_names.reference(memo.reference)}


def memo(notification: Notification, language: str) -> dict[str, object]:
    row = Memo.objects.select_related("operation").get(pk=notification.subject_id)
    return _of_memo(row)


def link(notification: Notification, language: str) -> dict[str, str]:
    return {"link": links.memo_url(notification, language)}


def reopened(notification: Notification, language: str) -> dict[str, object]:
    rows = PastAnswer.objects.select_related("addressee__memo", "addressee__unit")
    past = rows.get(pk=notification.subject_id)
    addressee = past.addressee
    link = links.memo_url(notification, language)
    return _of_memo(addressee.memo) | {"unit": addressee.unit, "past": past, "link": link}


def version(notification: Notification, language: str) -> dict[str, object]:
    row = MemoVersion.objects.select_related("memo").get(pk=notification.subject_id)
    if row.kind == MemoVersion.Kind.WITHDRAWN:  # nothing is left to answer behind a signed link
        link = links.page_url("campaigns:memo-detail", language, row.memo.public_id)
    else:
        link = links.memo_url(notification, language)
    return _of_memo(row.memo) | {"version": row, "link": link}


def silence(notification: Notification, language: str) -> dict[str, object]:
    """The units that are silent now, of those about which this level is told."""
    now = timezone.now()
    about = Memo.objects.get(pk=notification.subject_id)
    rows = Addressee.objects.silent(now).filter(memo=about).select_related("unit")
    if notification.kind == "memo_escalated":
        commands = Officer.objects.active(local_day(now)).filter(user=notification.user)
        rows = rows.filter(escalated_to__in=commands.values("unit"))
    else:
        rows = rows.filter(issuer_told_at__isnull=False)
    link = links.page_url("campaigns:memo-detail", language, about.public_id)
    units = [row.unit for row in rows.order_by("unit__path")]
    return {"memo": about, "units": units[:MOST_NAMED], "count": len(units), "link": link}
