"""What was sent to one person, as that person reads it: what, when, by which way, what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import (
    Appeal,
    Campaign,
    DeliveryReport,
    Memo,
    MemoVersion,
    Notification,
    PastAnswer,
)
from centers.models import Appointment, Waiting
from donors.models import Channel

from . import links
from .forms.outbox import KINDS

State = Notification.State
WORDS: Mapping[str, tuple[Any, str]] = {  # in words, and the tone of its badge
    State.PENDING: (_("Not sent yet"), "warn"),
    State.CLAIMED: (_("Being sent"), "warn"),
    State.ATTEMPTING: (_("Being sent"), "warn"),
    State.SENT: (_("Sent"), "good"),
    State.SKIPPED: (_("Not sent: it was no longer needed"), "quiet"),
    State.FAILED: (_("Could not be delivered"), "bad"),
    State.UNKNOWN: (_("Perhaps sent"), "warn"),
}
DELIVERED = (_("Delivered"), "good")
OF_APPEAL = ("appeal_invitation", "appeal_stand_down")
OF_PLACE = ("booking_confirmed", "visit_reminder", "place_offered", "session_moved")
OF_WAITING = ("waiting_joined", "waiting_moved")
OF_MEMO = (
    "memo_issued",
    "memo_handed",
    "memo_reminder",
    "memo_late",
    "memo_escalated",
    "memo_silent",
)


@dataclass(frozen=True)
class Line:
    words: str
    at: datetime
    way: str
    became: str
    tone: str
    link: str


def with_reports(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Latest first; ``arrived``: the provider or the reader's mail server said so."""
    arrived = DeliveryReport.objects.filter(
        notification=OuterRef("pk"), outcome=DeliveryReport.Outcome.DELIVERED
    )
    return rows.annotate(arrived=Exists(arrived)).order_by("-made_at", "-pk")


def lines(rows: Sequence[Notification], language: str, now: datetime) -> list[Line]:
    """Each with its link where that still opens something; a fixed number of queries."""
    open_ = _links(rows, language, now)
    kinds, ways = dict(KINDS), dict(Channel.choices)
    found = []
    for row in rows:
        is_there = row.state == State.SENT and getattr(row, "arrived", False)
        became, tone = DELIVERED if is_there else WORDS[row.state]
        at = row.settled_at if row.settled_at and row.state == State.SENT else row.made_at
        found.append(
            Line(
                words=str(kinds.get(row.kind, "")),
                at=at,
                way=str(ways[row.channel]),
                became=str(became),
                tone=tone,
                link=open_.get(row.pk, ""),
            )
        )
    return found


def _links(rows: Sequence[Notification], language: str, now: datetime) -> dict[int, str]:
    found: dict[int, str] = {}
    appeals = Appeal.objects.filter(pk__in=_subjects(rows, OF_APPEAL), expires_at__gt=now)
    opened = {appeal.pk for appeal in appeals if appeal.is_open}
    places = Appointment.objects.live().filter(slot__starts_at__gt=now)
    waits = Waiting.objects.live()
    pages = (
        (OF_PLACE, places, "campaigns:visit"),
        (OF_WAITING, waits, "campaigns:waiting"),
        (
            ("campaign_invitation", "campaign_thanks", "campaign_story"),
            Campaign.objects.all(),
            "campaigns:campaign-detail",
        ),
    )
    for row in rows:
        # A new token lives seven days from now: the message's own time still ends it.
        young = row.made_at > now - links.LIVES[links.ANSWER]
        if row.kind in OF_APPEAL and row.donor_id and young and row.subject_id in opened:
            found[row.pk] = links.answer_url(row, language)
    for kinds, subjects, page in pages:
        ids = subjects.filter(pk__in=_subjects(rows, kinds)).values_list("pk", "public_id")
        found |= _paged(rows, kinds, dict(ids), page, language)
    if any(row.user_id for row in rows):
        found |= _of_officer(rows, language, now)
    return found


def _of_officer(rows: Sequence[Notification], language: str, now: datetime) -> dict[int, str]:
    alive = Memo.objects.filter(deadline_at__gt=now - links.MEMO_OUTLIVES)
    of_memos: tuple[tuple[Iterable[str], QuerySet[Any], str], ...] = (
        (OF_MEMO, alive, "public_id"),
        (("memo_changed",), MemoVersion.objects.filter(memo__in=alive), "memo__public_id"),
        (
            ("memo_reopened",),
            PastAnswer.objects.filter(addressee__memo__in=alive),
            "addressee__memo__public_id",
        ),
    )
    found: dict[int, str] = {}
    for kinds, subjects, name in of_memos:
        ids = dict(subjects.filter(pk__in=_subjects(rows, kinds)).values_list("pk", name))
        found |= _paged(rows, kinds, ids, "campaigns:memo-detail", language)
    return found


def _subjects(rows: Iterable[Notification], kinds: Iterable[str]) -> set[int]:
    return {row.subject_id for row in rows if row.kind in kinds}


def _paged(
    rows: Iterable[Notification],
    kinds: Iterable[str],
    ids: Mapping[int, object],
    page: str,
    language: str,
) -> dict[int, str]:
    url: Callable[..., str] = links.page_url
    return {
        row.pk: url(page, language, ids[row.subject_id])
        for row in rows
        if row.kind in kinds and row.subject_id in ids
    }
