"""Changes of an issued memo: a new text, a new deadline, a withdrawal; each told to its units once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.messaging import recipients, telling
from campaigns.models import Addressee, Memo, MemoVersion
from donors.errors import Refused, refusing
from donors.models import User

from . import coercion, memos, reopening

Kind = MemoVersion.Kind


def amend(*, memo: Memo, because: str, by: User, now: datetime, **text: Any) -> MemoVersion:
    """``text`` are the fields of ``MemoText``; the answers given before stay and are shown as such."""
    said = text | {"must_be_read": memos.must_be_read(text)}
    return _add(memo, Kind.AMENDED, because=because, by=by, now=now, **said)


def move_deadline(
    *, memo: Memo, deadline_at: datetime, because: str, by: User, now: datetime
) -> MemoVersion:
    if deadline_at <= now:
        raise Refused(_("The deadline has to lie ahead."), "deadline_on")
    return _add(memo, Kind.DEADLINE, because=because, by=by, now=now, deadline_at=deadline_at)


def withdraw(*, memo: Memo, because: str, by: User, now: datetime) -> MemoVersion:
    """No unit owes an answer any more; campaigns already planned go on as their units decide."""
    return _add(memo, Kind.WITHDRAWN, because=because, by=by, now=now, deadline_at=memo.deadline_at)


def require_free(because: str) -> None:
    """A reason is told to the units without a second reader, so it may not oblige anybody to give."""
    if coercion.found(because):
        raise Refused(_("Give the reason in words that oblige nobody to give."), "because")


def _add(
    memo: Memo, kind: str, *, because: str, by: User, now: datetime, **said: Any
) -> MemoVersion:
    because = because.strip()
    require_free(because)
    with refusing():
        version = MemoVersion.objects.create(
            memo=memo, kind=kind, at=now, by=by, because=because, **said
        )
        version.refresh_from_db()
        if version.deadline_at > memo.deadline_at:  # the ladder begins anew before the new deadline
            Addressee.objects.open().filter(memo=memo).update(**reopening.UNTOLD)
        telling.tell(
            kind="memo_changed",
            cause=f"memo:{memo.pk}:version:{version.number}",
            subject_id=version.pk,
            users=recipients.officers_of(memo.addressees.values("unit"), now),
            now=now,
        )
    memo.refresh_from_db()
    return version
