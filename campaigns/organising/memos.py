"""Urgent memos down the tree of units, and what they brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.messaging import recipients, telling
from campaigns.models import Addressee, Campaign, Memo, Operation
from centers.models import Bag, Donation
from donors.errors import Refused
from donors.models import Unit, User
from donors.models.unit import UnitQuerySet
from donors.people.privacy import total


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
    living = Campaign.objects.filter(addressee=OuterRef("pk"), state__in=Campaign.LIVING)
    named = memo.addressees.filter(passed_to=None).annotate(living=Exists(living))
    rows = list(named.values_list("seen_at", "acknowledged_at", "answer", "living"))
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
