"""What the signed link in an officer's message opens: one memo and the rows of the officer's units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.messaging.links import MEMO_OUTLIVES
from campaigns.models import Addressee, Memo, MemoVersion, Notification, PastAnswer
from donors.clock.calendar import local_day
from donors.errors import Refused
from donors.models import Officer, User

from . import addressee_answers, ladder, memo_answers

OF_MEMO = {"memo_issued", "memo_handed", "memo_reminder", "memo_late"}


@dataclass(frozen=True)
class Opened:
    memo: Memo
    officer: User
    rows: list[Addressee]

    def row(self, unit: str) -> Addressee:
        """The row of a unit by its code; raises ``Refused`` for any that the link does not open."""
        for row in self.rows:
            if row.unit.code == unit:
                return row
        raise Refused(_("This link is no longer valid."))


def opened(notification: Notification, now: datetime) -> Opened:
    """Raises ``Refused`` when the officer serves no addressed unit any more, when the campaigns of
    their units are agreed, two weeks after the deadline, and where the memo is withdrawn or its operation closed."""
    memo, officer = _memo(notification), notification.user
    if memo is None or officer is None or not officer.is_active:
        raise Refused(_("This link is no longer valid."))
    addressee_answers.require_in_force(memo)
    direct = Officer.objects.active(local_day(now)).filter(user=officer)
    rows = Addressee.objects.filter(memo=memo, passed_to=None, unit__in=direct.values("unit"))
    served = list(memo_answers.with_campaign(rows).order_by("unit__path"))
    if not served:
        raise Refused(_("You no longer answer for a unit of this memo."))
    living = [row for row in served if ladder.due_of(row) + MEMO_OUTLIVES > now]
    if not living:
        raise Refused(_("The deadline of this memo is over."))
    open_rows = [row for row in living if not addressee_answers.is_agreed(row)]
    if not open_rows:
        raise Refused(_("The campaign of your answer is agreed. Sign in to read the memo."))
    return Opened(memo, officer, open_rows)


def _memo(notification: Notification) -> Memo | None:
    memos = Memo.objects.select_related("operation", "issuer")
    if notification.kind in OF_MEMO:
        return memos.filter(pk=notification.subject_id).first()
    if notification.kind == "memo_reopened":
        past = PastAnswer.objects.filter(pk=notification.subject_id)
        return memos.filter(addressees__past_answers__in=past).first()
    if notification.kind == "memo_changed":
        versions = MemoVersion.objects.filter(pk=notification.subject_id)
        return memos.filter(versions__in=versions).first()
    return None
