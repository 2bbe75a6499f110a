from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from campaigns.models import Appeal, Campaign, Operation, OperationPhase
from centers.models import Appointment
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import Province, User

Phase = Operation.Phase
# An operation is opened within days of its disaster; one opened much later looks back no further.
LOOKS_BACK = timedelta(days=7)
# As the database has it (campaigns/guards/operation_goes_its_way.sql).
NEXT = {
    Phase.ALERT: [Phase.RESPONSE],
    Phase.RESPONSE: [Phase.RECOVERY],
    Phase.RECOVERY: [Phase.RESPONSE],
}


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


def enter(
    *, operation: Operation, phase: str, by: User, now: datetime, because: str = ""
) -> OperationPhase:
    """Begin the next phase; a second shock leads from recovery back to the response."""
    with refusing():
        return OperationPhase.objects.create(
            operation=operation, phase=phase, at=now, by=by, because=because.strip()
        )


def close(*, operation: Operation, by: User, now: datetime, because: str) -> None:
    """From any phase, for good; with a reason, since it stops what the operation opened."""
    enter(operation=operation, phase=Phase.CLOSED, by=by, now=now, because=because)


def counts_from(operation: Operation) -> date:
    """The day from which patients and donors are counted for it: that of the disaster, or a week
    before it was opened if that is later."""
    return max(operation.began_on, local_day(operation.opened_at) - LOOKS_BACK)


def running(*phases: str) -> QuerySet[Operation]:
    """Operations not closed, oldest first; with ``phases`` only those that are in one of them now."""
    rows = Operation.objects.filter(closed_at=None).prefetch_related("phases").order_by("pk")
    if phases:
        rows = rows.filter(pk__in=[one.pk for one in rows if one.phase in phases])
    return rows


def with_counts(operations: QuerySet[Operation]) -> QuerySet[Operation]:
    return operations.prefetch_related("phases").annotate(
        memo_count=Count("memos", distinct=True), campaign_count=Count("campaigns", distinct=True)
    )


def states(operation: Operation) -> list[tuple[str | Promise, int]]:
    """Number of the operation's campaigns in each state, in the order of their life."""
    counted = dict(operation.campaigns.order_by().values_list("state").annotate(count=Count("pk")))
    return [(state.label, counted.get(state.value, 0)) for state in Campaign.State]


def appeals(operation: Operation) -> QuerySet[Appeal]:
    """The operation's appeals with ``booked_count``, the people who still have their place."""
    places = Count(
        "pledges", Q(pledges__state="booked", pledges__appointment__state__in=Appointment.EXPECTED)
    )
    return operation.appeals.select_related("center").annotate(booked_count=places)
