from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Operation
from donors.clock.calendar import local_day
from donors.errors import Refused
from donors.models import Province, User


@transaction.atomic
def begin(
    *,
    name_ar: str,
    name_fr: str,
    name_en: str,
    kind: str,
    began_on: date,
    provinces: Iterable[Province],
    by: User,
    now: datetime,
) -> Operation:
    if began_on > local_day(now):
        raise Refused(_("A disaster being answered began today or before."), "began_on")
    operation = Operation.objects.create(
        name_ar=name_ar,
        name_fr=name_fr,
        name_en=name_en,
        kind=kind,
        began_on=began_on,
        opened_at=now,
        opened_by=by,
    )
    operation.provinces.set(provinces)
    return operation


def close(*, operation: Operation, by: User, now: datetime) -> None:
    if not Operation.objects.filter(pk=operation.pk, closed_at=None).update(
        closed_at=now, closed_by=by
    ):
        raise Refused(_("This operation is closed already."))


def with_counts(operations: QuerySet[Operation]) -> QuerySet[Operation]:
    return operations.annotate(
        memo_count=Count("memos", distinct=True), campaign_count=Count("campaigns", distinct=True)
    )


def states(operation: Operation) -> list[tuple[str | Promise, int]]:
    """Number of the operation's campaigns in each state, in the order of their life."""
    counted = dict(operation.campaigns.order_by().values_list("state").annotate(count=Count("pk")))
    return [(state.label, counted.get(state.value, 0)) for state in Campaign.State]
