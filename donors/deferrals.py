from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from .calendar import add_period
from .eligibility import criteria
from .errors import Refused
from .models import Deferral, DeferralReason, Donor, Lift, User

INTERVAL = "MA-INTERVAL"


def defer(
    *,
    donor: Donor,
    reason: DeferralReason,
    starts_on: date,
    by: User | None,
    now: datetime,
    ends_on: date | None = None,
) -> Deferral:
    """Defer by a reason from a day; the end is the reason's own period unless one is given."""
    if reason.kind == DeferralReason.Kind.NONE:
        raise Refused(_("This is no reason to defer anybody."))
    if ends_on is None and reason.kind == DeferralReason.Kind.TEMPORARY and reason.value:
        ends_on = add_period(starts_on, reason.value, reason.unit)
    permanent = reason.kind == DeferralReason.Kind.PERMANENT
    return Deferral.objects.create(
        donor=donor,
        reason=reason,
        permanent=permanent,
        starts_on=starts_on,
        ends_on=None if permanent else ends_on,
        recorded_at=now,
        recorded_by=by,
    )


def after_donation(*, donor: Donor, on: date, by: User | None, now: datetime) -> Deferral:
    """The interval, or the rest of the year when the yearly number is reached."""
    bounds = {c.criterion: int(c.value) for c in criteria(on=on, sex=donor.sex)}
    reason = DeferralReason.objects.in_force(on).get(code=INTERVAL)
    year = (
        Deferral.objects.filter(donor=donor, reason__code=INTERVAL, starts_on__lte=on)
        .filter(starts_on__gt=on - timedelta(days=365))
        .order_by("-starts_on")
        .values_list("starts_on", flat=True)
    )
    ends_on = on + timedelta(days=bounds["INTERVAL"])
    given = [on, *year]
    if len(given) >= bounds["MAX_PER_YEAR"]:
        oldest_counted = given[bounds["MAX_PER_YEAR"] - 1]
        ends_on = max(ends_on, oldest_counted + timedelta(days=365))
    return defer(donor=donor, reason=reason, starts_on=on, ends_on=ends_on, by=by, now=now)


@transaction.atomic
def end(*, deferral: Deferral, by: User, because: str, now: datetime) -> None:
    """End a deferral by hand; a permanent one needs two physicians (``ask_to_lift``, ``lift``)."""
    if not because.strip():
        raise Refused(_("Say why the deferral ends."))
    if deferral.permanent:
        raise Refused(_("A permanent deferral is lifted by two physicians, not here."))
    ended = Deferral.objects.filter(pk=deferral.pk, ended_at=None).update(
        ended_at=now, ended_by=by, ended_because=because.strip()
    )
    if not ended:
        raise Refused(_("This deferral has already ended."))


@transaction.atomic
def ask_to_lift(*, deferral: Deferral, because: str, by: User, now: datetime) -> Lift:
    """A physician's word against a deferral for ever; it stands until another one agrees."""
    if not because.strip():
        raise Refused(_("Say why the deferral ends."))
    if not deferral.permanent or deferral.ended_at:
        raise Refused(_("This deferral has already ended."))
    if Lift.objects.filter(deferral=deferral, approved_at=None).exists():
        raise Refused(_("A lifting of this waits for a second doctor already."))
    return Lift.objects.create(
        deferral=deferral, because=because.strip(), asked_at=now, asked_by=by
    )


@transaction.atomic
def lift(*, asked: Lift, by: User, now: datetime) -> None:
    """The second physician agrees; the deferral ends with the reason of the first."""
    if by == asked.asked_by:
        raise Refused(_("You asked for this yourself; another doctor has to agree."))
    waiting = Lift.objects.filter(pk=asked.pk, approved_at=None)
    if not waiting.update(approved_at=now, approved_by=by):
        raise Refused(_("This has been decided already."))
    ended = Deferral.objects.filter(pk=asked.deferral_id, ended_at=None)
    ended.update(ended_at=now, ended_by=by, ended_because=asked.because)
