"""Urgent memos down the tree of units, and the units' answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.messaging import outbox, recipients
from campaigns.models import Addressee, Memo, Operation
from centers.models import Bag, Center, Donation
from donors.clock.calendar import local_day
from donors.errors import Refused
from donors.models import Unit, User
from donors.models.unit import UnitQuerySet
from donors.people.privacy import total

from . import drives


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
    for user in recipients.officers(units, now):
        outbox.enqueue(
            kind="memo_issued", cause=f"memo:{memo.pk}", subject_id=memo.pk, user=user, now=now
        )
    return memo


def see(*, addressee: Addressee, now: datetime) -> None:
    """Acknowledge: an officer of the unit opened the memo; the first time counts."""
    Addressee.objects.filter(pk=addressee.pk, seen_at=None).update(seen_at=now)


def acknowledge(*, addressee: Addressee, by: User, now: datetime) -> None:
    if not Addressee.objects.filter(pk=addressee.pk, acknowledged_at=None).update(
        seen_at=addressee.seen_at or now, acknowledged_at=now, acknowledged_by=by
    ):
        raise Refused(_("Your unit has acknowledged this memo already."))


@transaction.atomic
def answer_will(
    *,
    addressee: Addressee,
    planned_on: date,
    expected_donors: int,
    center: Center,
    by: User,
    now: datetime,
) -> None:
    """The unit will organise: its answer becomes a draft campaign with a centre."""
    if planned_on < local_day(now):
        raise Refused(_("The day has to lie ahead."), "planned_on")
    _answer(
        addressee,
        by=by,
        now=now,
        answer=Addressee.Answer.WILL,
        planned_on=planned_on,
        expected_donors=expected_donors,
    )
    drives.draft(
        addressee=addressee,
        unit=addressee.unit,
        center=center,
        planned_on=planned_on,
        target=expected_donors,
        by=by,
        now=now,
    )


@transaction.atomic
def answer_cannot(*, addressee: Addressee, because: str, by: User, now: datetime) -> None:
    if not because.strip():
        raise Refused(_("Say why, so that help can be found."), "because")
    _answer(addressee, by=by, now=now, answer=Addressee.Answer.CANNOT, because=because.strip())


def _answer(addressee: Addressee, *, by: User, now: datetime, **said: Any) -> None:
    if addressee.acknowledged_at is None:
        acknowledge(addressee=addressee, by=by, now=now)
        said["acknowledged_at"] = now
    if not Addressee.objects.filter(pk=addressee.pk, answer="").update(
        answered_at=now, answered_by=by, **said
    ):
        raise Refused(_("Your unit has answered this memo already."))


def escalate(*, now: datetime) -> int:
    """After the deadline inform the unit above of each unit below that did not answer, once."""
    silent = (
        Addressee.objects.filter(
            answer="", escalated_at=None, memo__deadline_at__lte=now, unit__parent__isnull=False
        )
        .select_related("unit", "memo")
        .order_by("pk")[:200]
    )
    informed = 0
    for addressee in silent:
        above = addressee.unit.parent
        assert above  # already prefetched
        with transaction.atomic():
            if not Addressee.objects.filter(pk=addressee.pk, escalated_at=None).update(
                escalated_at=now
            ):
                continue
            for user in recipients.officers([above], now):
                outbox.enqueue(
                    kind="memo_escalated",
                    cause=f"memo:{addressee.memo_id}:silence:{addressee.unit_id}",
                    subject_id=addressee.pk,
                    user=user,
                    now=now,
                )
            informed += 1
    return informed


@dataclass(frozen=True)
class Account:
    """Result of a memo: counts of units, campaigns and blood. None for under five."""

    units: int
    seen: int
    acknowledged: int
    will: int
    cannot: int
    silent: int
    campaigns: int
    donations: int | None
    usable: int | None
    issued: int | None
    expired: int | None


def account(memo: Memo) -> Account:
    """The result of a memo; for people and bags only what its campaigns show one by one."""
    rows = list(memo.addressees.values_list("seen_at", "acknowledged_at", "answer", "campaign__pk"))
    campaigns = Q(session__campaigns__addressee__memo=memo)
    given = _by_campaign(Donation.objects.filter(campaigns), "session__campaigns")
    bags = Bag.objects.filter(donation__session__campaigns__addressee__memo=memo)
    used = Q(state__in=[Bag.State.ISSUED, Bag.State.TRANSFUSED])
    ready = used | Q(state__in=[Bag.State.AVAILABLE, Bag.State.RESERVED])
    of = "donation__session__campaigns"
    return Account(
        units=len(rows),
        seen=sum(1 for r in rows if r[0]),
        acknowledged=sum(1 for r in rows if r[1]),
        will=sum(1 for r in rows if r[2] == "will"),
        cannot=sum(1 for r in rows if r[2] == "cannot"),
        silent=sum(1 for r in rows if not r[2]),
        campaigns=sum(1 for r in rows if r[3]),
        donations=total(given),
        usable=total(_by_campaign(bags.filter(ready), of)),
        issued=total(_by_campaign(bags.filter(used), of)),
        expired=total(_by_campaign(bags.filter(state=Bag.State.EXPIRED), of)),
    )


def _by_campaign(rows: QuerySet[Any], campaign: str) -> list[int]:
    counted = rows.order_by().values(campaign).annotate(count=Count("pk", distinct=True))
    return [row["count"] for row in counted]
