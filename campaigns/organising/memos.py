"""Urgent memos down the tree of units: their issue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.translation import gettext as _

from campaigns.messaging import recipients, telling
from campaigns.models import Memo, Operation
from donors.errors import Refused, refusing
from donors.models import Unit, User
from donors.models.unit import UnitQuerySet

from . import coercion

ADDRESS = """
INSERT INTO campaigns_addressee (memo_id, unit_id, sent_at, answer, because)
SELECT %s, unit.id, %s, '', '' FROM ({units}) unit
"""


def issue(
    *,
    operation: Operation | None,
    reference: str,
    issuer: Unit,
    deadline_at: datetime,
    addressed: UnitQuerySet,
    by: User,
    now: datetime,
    kind: str = Memo.Kind.CAMPAIGN,
    **text: Any,
) -> Memo:
    """Issue to every addressed unit and inform its officers; later changes are versions.

    ``text`` are the fields of ``MemoText``. Words that oblige, and every text where two persons are
    the rule, have to have been read by another administrator (``memo_drafts.read``). The number of
    statements is the same for one unit and for two thousand.
    """
    if operation and operation.closed_at:
        raise Refused(_("This operation is closed."))
    if deadline_at <= now:
        raise Refused(_("The deadline has to lie ahead."), "deadline_on")
    if Memo.objects.filter(reference=reference).exists():
        raise Refused(_("A memo with this reference has been issued already."), "reference")
    with refusing():
        memo = Memo.objects.create(
            operation=operation,
            kind=kind,
            reference=reference,
            issuer=issuer,
            issued_at=now,
            issued_by=by,
            deadline_at=deadline_at,
            must_be_read=must_be_read(text),
            **text,
        )
        if not _address(memo, addressed):
            raise Refused(_("Choose at least one unit."), "scope")
        telling.tell(
            kind="memo_issued",
            cause=f"memo:{memo.pk}",
            subject_id=memo.pk,
            users=recipients.officers_of(memo.addressees.values("unit"), now),
            now=now,
        )
    return memo


def _address(memo: Memo, addressed: UnitQuerySet) -> int:
    """One row for each open unit but the issuer; returns how many."""
    units = addressed.open().exclude(pk=memo.issuer_id).order_by().values("id").distinct()
    try:
        sql, values = units.query.sql_with_params()
    except EmptyResultSet:  # units that Django knows to be none
        return 0
    with connection.cursor() as cursor:
        cursor.execute(ADDRESS.format(units=sql), [memo.pk, memo.issued_at, *values])
        return int(cursor.rowcount)


WORDS = ("subject_ar", "subject_fr", "subject_en", "body_ar", "body_fr", "body_en", "slogan")


def obliging(text: Mapping[str, Any]) -> list[str]:
    """The passages that oblige people to give or threaten them."""
    return coercion.found(*(text.get(name, "") for name in WORDS))


def must_be_read(text: Mapping[str, Any]) -> bool:
    return settings.MEMO_TWO_PERSONS or bool(obliging(text))
