"""Answers that end: kept as past answers, and asked again where the campaign came to nothing."""

from __future__ import annotations

from datetime import datetime

from campaigns.messaging import recipients, telling
from campaigns.models import Addressee, PastAnswer


def set_aside(*, addressee: Addressee, ended: str, because: str, now: datetime) -> PastAnswer:
    """Keep the present answer of a locked row as a past one."""
    said = ("answer", "answered_at", "answered_by", "on_behalf", "planned_on", "expected_donors")
    return PastAnswer.objects.create(
        addressee=addressee,
        because=addressee.because,
        ended=ended,
        ended_at=now,
        ended_because=because,
        **{name: getattr(addressee, name) for name in said},
    )


def reopen(*, addressee_id: int, why: str, because: str, now: datetime) -> bool:
    """The unit owes an answer again and is asked once more; False where nothing is asked any more.

    ``why`` is a value of ``Addressee.Reopened``. Must run in the transaction that ends the campaign.
    """
    rows = Addressee.objects.select_for_update(of=("self",)).select_related(
        "memo__operation", "unit"
    )
    row = rows.get(pk=addressee_id)
    if row.answer != Addressee.Answer.WILL or not row.memo.is_in_force:
        return False
    past = set_aside(addressee=row, ended=why, because=because, now=now)
    Addressee.objects.filter(pk=row.pk).update(
        answer="",
        answered_at=None,
        answered_by=None,
        planned_on=None,
        expected_donors=None,
        because="",
        on_behalf=False,
        reopened=why,
        reopened_at=now,
        reopened_because=because,
        **UNTOLD,
    )
    users = recipients.officers_by_unit([row.unit_id], now)[row.unit_id]
    cause = f"memo:{row.memo_id}:reopened:{past.pk}"
    telling.tell(kind="memo_reopened", cause=cause, subject_id=past.pk, users=users, now=now)
    return True


# The ladder begins anew for a unit that is asked again.
UNTOLD: dict[str, object] = {
    "reminded_at": None,
    "late_at": None,
    "escalated_at": None,
    "escalated_to": None,
    "skipped": [],
    "issuer_told_at": None,
}
