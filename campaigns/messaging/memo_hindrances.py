"""Messages of a memo that have lost their cause before they were sent."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import Addressee, Memo, Notification, PastAnswer
from donors.clock.calendar import local_day
from donors.models import Officer

# Asked of officers of units that owe an answer; the first text reaches them in any case.
ASKING = {"memo_handed", "memo_reminder", "memo_late", "memo_reopened"}
DIGESTS = {"memo_escalated", "memo_silent"}


def answered(batch: list[Notification], now: datetime) -> set[int]:
    """Keys of messages whose recipient's units have all answered, or whose memo is over."""
    return {n.pk for n in batch if n.kind in ASKING | DIGESTS and not _open(n, now)}


def _open(notification: Notification, now: datetime) -> bool:
    about = notification.subject_id
    rows = Addressee.objects.open()
    if notification.kind == "memo_reopened":
        past = PastAnswer.objects.filter(pk=about).values("addressee")
        return rows.filter(pk__in=past).exists()
    rows = rows.filter(memo=about)
    if notification.kind == "memo_silent":
        return rows.filter(issuer_told_at__isnull=False).exists()
    commands = Officer.objects.active(local_day(now)).filter(user=notification.user).values("unit")
    if notification.kind == "memo_escalated":
        return rows.filter(escalated_to__in=commands).exists()
    if notification.kind == "memo_reminder":
        ahead = Memo.objects.filter(pk=about, deadline_at__gt=now).exists()
        if not (ahead or rows.filter(reopened_at__isnull=False, unit__in=commands).exists()):
            return False  # the night ended after the deadline: the next step follows
    return rows.filter(unit__in=commands).exists()
