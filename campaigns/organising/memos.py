"""Urgent memos down the tree of units, and what they brought."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.messaging import recipients, telling
from campaigns.models import Addressee, Memo, Operation
from donors.errors import Refused
from donors.models import Unit, User
from donors.models.unit import UnitQuerySet


@transaction.atomic
def issue(
    *,
    operation: Operation,
    reference: str,
    issuer: Unit,
    subject: str,
    body: str,
    language: str,
    deadline_at: datetime,
    addressed: UnitQuerySet,
    by: User,
    now: datetime,
) -> Memo:
    """Issue to every addressed unit and inform its officers; the memo is immutable from now on."""
    if operation.closed_at:
        raise Refused(_("This operation is closed."))
    if deadline_at <= now:
        raise Refused(_("The deadline has to lie ahead."), "deadline_on")
    if Memo.objects.filter(reference=reference).exists():
        raise Refused(_("A memo with this reference has been issued already."), "reference")
    units = list(addressed.open().exclude(pk=issuer.pk))
    if not units:
        raise Refused(_("Choose at least one unit."), "scope")
    memo = Memo.objects.create(
        operation=operation,
        reference=reference,
        issuer=issuer,
        subject=subject,
        body=body,
        language=language,
        issued_at=now,
        issued_by=by,
        deadline_at=deadline_at,
    )
    Addressee.objects.bulk_create(Addressee(memo=memo, unit=unit, sent_at=now) for unit in units)
    reached = recipients.officers_by_unit([unit.pk for unit in units], now)
    users = {user.pk: user for some in reached.values() for user in some}
    telling.tell(
        kind="memo_issued",
        cause=f"memo:{memo.pk}",
        subject_id=memo.pk,
        users=users.values(),
        now=now,
    )
    return memo
