"""What a unit does with a memo: opens, acknowledges, forwards and answers it, and changes its answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns.messaging import recipients, telling
from campaigns.models import Addressee, Campaign, Memo, MemoReminder, PastAnswer
from centers.models import Center
from donors.clock.calendar import local_day
from donors.errors import Refused
from donors.models import Officer, Unit, User

from . import drives, reopening


def see(*, addressee: Addressee, now: datetime) -> None:
    """An officer of the unit opened the memo; the first time counts."""
    Addressee.objects.filter(pk=addressee.pk, seen_at=None).update(seen_at=now)


def acknowledge(*, addressee: Addressee, by: User, now: datetime) -> None:
    if not Addressee.objects.filter(pk=addressee.pk, acknowledged_at=None, passed_to=None).update(
        seen_at=addressee.seen_at or now, acknowledged_at=now, acknowledged_by=by
    ):
        raise Refused(_("Your unit has acknowledged this memo already."))


@transaction.atomic
def answer_will(
    *,
    addressee: Addressee,
    planned_on: date,
    expected_donors: int,
    by: User,
    now: datetime,
    center: Center | None = None,
) -> None:
    """The unit will organise: its answer becomes a draft campaign with a centre.

    The answer to an exercise, or to a memo to be ready, is counted and becomes nothing.
    """
    of_campaigns = addressee.memo.kind == Memo.Kind.CAMPAIGN
    if of_campaigns and center is None:
        raise Refused(_("Choose the centre that collects."), "center")
    if planned_on < local_day(now):
        raise Refused(_("The day has to lie ahead."), "planned_on")
    said = {"planned_on": planned_on, "expected_donors": expected_donors, "because": ""}
    row = _answer(addressee, by=by, now=now, answer=Addressee.Answer.WILL, **said)
    if of_campaigns and center:
        drives.draft(
            addressee=row,
            unit=row.unit,
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
    said = {"planned_on": None, "expected_donors": None, "because": because.strip()}
    _answer(addressee, by=by, now=now, answer=Addressee.Answer.CANNOT, **said)


def _answer(addressee: Addressee, *, by: User, now: datetime, **said: Any) -> Addressee:
    """Write the answer; one given before is kept among the past ones and its draft is withdrawn."""
    rows = Addressee.objects.select_for_update(of=("self",)).select_related(
        "memo__operation", "unit"
    )
    row = rows.get(pk=addressee.pk)
    if row.passed_to_id:
        raise Refused(_("This unit was closed; its successor answers."))
    require_in_force(row.memo)
    if is_agreed(row):
        raise Refused(
            _("The campaign of this answer is agreed. Speak with the centre to change it.")
        )
    if row.answer:
        reopening.set_aside(addressee=row, ended=PastAnswer.Ended.CHANGED, because="", now=now)
        drives.withdraw(addressee=row, by=by, now=now)
    elif row.acknowledged_at is None:
        acknowledge(addressee=row, by=by, now=now)
    Addressee.objects.filter(pk=row.pk).update(
        answered_at=now, answered_by=by, on_behalf=not _serves(row, by, now), **said
    )
    return row


def require_in_force(memo: Memo) -> None:
    """Raise ``Refused`` for a memo that was withdrawn, or whose operation is closed."""
    if memo.withdrawn_at:
        raise Refused(_("This memo was withdrawn."))
    if not memo.is_in_force:
        raise Refused(_("This operation is closed."))


def is_agreed(addressee: Addressee) -> bool:
    """Whether the centre has confirmed the campaign of the present answer."""
    agreed = (*Campaign.HELD, Campaign.State.CLOSED)
    return (
        bool(addressee.answer)
        and addressee.campaigns.filter(
            state__in=agreed, drafted_at__gte=addressee.answered_at
        ).exists()
    )


def _serves(addressee: Addressee, by: User, now: datetime) -> bool:
    serving = Officer.objects.active(local_day(now))
    return serving.filter(unit=addressee.unit_id, user=by).exists()


@transaction.atomic
def forward(*, addressee: Addressee, units: Iterable[Unit], by: User, now: datetime) -> int:
    """Address the memo to units below that it does not address yet; returns how many."""
    memo, unit = addressee.memo, addressee.unit
    require_in_force(memo)
    if memo.deadline_at <= now:
        raise Refused(_("The deadline of this memo is over."))
    below = Unit.objects.open().below(unit).exclude(pk=unit.pk)
    chosen = below.filter(pk__in=[one.pk for one in units])
    new = list(chosen.exclude(pk__in=memo.addressees.values("unit")).order_by("pk"))
    if not new:
        raise Refused(_("Choose at least one unit."), "units")
    Addressee.objects.bulk_create(
        Addressee(memo=memo, unit=one, sent_at=now, forwarded_from=addressee, forwarded_by=by)
        for one in new
    )
    telling.tell(
        kind="memo_issued",
        cause=f"memo:{memo.pk}",
        subject_id=memo.pk,
        users=recipients.officers_of(
            Unit.objects.filter(pk__in=[one.pk for one in new]).values("pk"), now
        ),
        now=now,
    )
    return len(new)


@transaction.atomic
def remind(*, addressee: Addressee, by: User, now: datetime) -> None:
    """A superior reminds a unit that owes its answer, at most once a day."""
    if not Addressee.objects.open().filter(pk=addressee.pk).exists():
        raise Refused(_("This unit owes no answer."))
    users = recipients.officers_by_unit([addressee.unit_id], now)[addressee.unit_id]
    if not users:
        raise Refused(_("This unit has no officer within reach. Call it."))
    try:
        with transaction.atomic():
            row = MemoReminder.objects.create(
                addressee=addressee, by=by, at=now, day=local_day(now)
            )
    except IntegrityError as error:
        raise Refused(_("This unit was reminded today already.")) from error
    cause = f"memo:{addressee.memo_id}:reminded:{row.pk}"
    telling.tell(kind="memo_late", cause=cause, subject_id=addressee.memo_id, users=users, now=now)
