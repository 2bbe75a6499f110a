"""One message to a coordinator about everything that is due, never one for each item."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from campaigns.checklists import items
from campaigns.messaging import coordinators, outbox
from campaigns.models import Notification
from donors.clock.calendar import local_day
from donors.models import User

KIND = "campaign_checklist"


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Queue at most one digest a day for each coordinator, on days on which an item has become due
    or is still open three days later; returns how many."""
    today = local_day(now)
    due = coordinators.due(now)
    last = _last(due)
    reminded = 0
    for user, campaigns in due.items():
        days = [line.due_on for _campaign, lines in campaigns for line in lines]
        if not any(_is_news(day, last.get(user.pk), today) for day in days):
            continue
        cause = f"checklist:{user.pk}:{today}"
        outbox.enqueue(kind=KIND, cause=cause, subject_id=user.pk, user=user, now=now)
        reminded += 1
    return reminded


def _is_news(day: date, before: date | None, today: date) -> bool:
    """Whether an item due on ``day`` was not named, or named once, in the digest of ``before``."""
    if before is None:
        return True
    return before < day or before < day + items.AGAIN <= today


def _last(people: Iterable[User]) -> dict[int, date]:
    sent = Notification.objects.filter(kind=KIND, user__in=list(people))
    rows = sent.values_list("user").annotate(last=Max("made_at")).order_by()
    return {user: local_day(at) for user, at in rows}
