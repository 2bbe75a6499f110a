"""Open memos follow the people and the units: successors are told, closed units' rows are taken over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.messaging import recipients, telling
from campaigns.messaging.links import MEMO_OUTLIVES
from campaigns.models import Addressee, Memo, Notification
from donors.models import Unit, UnitChange, User


@transaction.atomic
def tend(*, now: datetime) -> int:
    """Returns how many rows were taken over and how many officers were told, together."""
    return _take_over(now) + _tell_newcomers(now)


def _take_over(now: datetime) -> int:
    closed = Addressee.objects.open().filter(unit__closed_on__isnull=False)
    closed = closed.select_related("memo", "unit").order_by("pk")
    passed = 0
    for row in closed.select_for_update(of=("self",)):
        unit = successor(row.unit)
        if unit is None or unit.pk == row.memo.issuer_id:
            continue  # on the call list of the issuer
        heir, _made = Addressee.objects.get_or_create(
            memo=row.memo,
            unit=unit,
            defaults={
                "sent_at": now,
                "reopened": Addressee.Reopened.PASSED,
                "reopened_at": now,
                "reopened_because": row.unit.name_ar,
            },
        )
        passed += Addressee.objects.filter(pk=row.pk, passed_to=None).update(passed_to=heir)
    return passed


def successor(unit: Unit) -> Unit | None:
    """The open unit into which this one went, or the nearest open one above it."""
    seen: set[int] = set()
    here: Unit | None = unit
    while here and here.closed_on and here.pk not in seen:
        seen.add(here.pk)
        merged = UnitChange.objects.filter(unit=here, kind=UnitChange.Kind.MERGED).order_by("-at")
        code = next((change.after.get("into") for change in merged[:1]), None)
        here = Unit.objects.filter(code=code).first() if code else here.parent
    return here if here and not here.closed_on else None


def _tell_newcomers(now: datetime) -> int:
    """Officers who took office, or are back, since the memo: each is told of it once."""
    told = 0
    memos = Memo.objects.in_force().filter(deadline_at__gt=now - MEMO_OUTLIVES)
    memos = memos.filter(Exists(Addressee.objects.open().filter(memo=OuterRef("pk"))))
    for memo in memos.order_by("pk"):
        units = Addressee.objects.open().filter(memo=memo).values_list("unit_id", flat=True)
        reached = recipients.officers_by_unit(units, now)
        users: dict[int, User] = {user.pk: user for some in reached.values() for user in some}
        cause = f"memo:{memo.pk}"
        knows = Notification.objects.filter(cause__in=[cause, f"{cause}:sms"], user__in=users)
        for pk in set(knows.values_list("user_id", flat=True)):
            del users[pk]
        telling.tell(
            kind="memo_handed", cause=cause, subject_id=memo.pk, users=users.values(), now=now
        )
        told += len(users)
    return told
