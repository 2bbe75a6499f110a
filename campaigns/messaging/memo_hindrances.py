"""Messages of a memo that have lost their cause before they were sent."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import Addressee, Memo, MemoVersion, Notification, PastAnswer
from donors.clock.calendar import local_day
from donors.models import Officer

# Asked of officers of units that owe an answer. The first text reaches them in any case, unless the memo
# was withdrawn meanwhile; so does each change, unless a withdrawal followed.
ASKING = {"memo_handed", "memo_reminder", "memo_late", "memo_reopened"}
DIGESTS = {"memo_escalated", "memo_silent"}


def answered(batch: list[Notification], now: datetime) -> set[int]:
    """Keys of messages whose recipient's units have all answered, or whose memo is over."""
    over = _withdrawn([n for n in batch if n.kind in ("memo_issued", "memo_changed")])
    return over | {n.pk for n in batch if n.kind in ASKING | DIGESTS and not _open(n, now)}


def _withdrawn(batch: list[Notification]) -> set[int]:
    if not batch:
        return set()
    subjects = [n.subject_id for n in batch]
    withdrawn = Memo.objects.filter(withdrawn_at__isnull=False)
    versions = MemoVersion.objects.exclude(kind=MemoVersion.Kind.WITHDRAWN).filter(
        memo__in=withdrawn, pk__in=subjects
    )
    over = {
        "memo_issued": set(withdrawn.filter(pk__in=subjects).values_list("pk", flat=True)),
        "memo_changed": set(versions.values_list("pk", flat=True)),
    }
    return {n.pk for n in batch if n.subject_id in over[n.kind]}


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
