from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from donors import substance
from donors.clock.calendar import add_period
from donors.errors import Refused
from donors.models import Deferral, DeferralLift, DeferralReason, Donor, User

from .criteria import INTERVAL


def defer(
    *,
    donor: Donor,
    reason: DeferralReason,
    starts_on: date,
    by: User | None,
    now: datetime,
    ends_on: date | None = None,
) -> Deferral:
    """Defer for a reason from a day; the end follows from the reason's period unless given."""
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


# Whole blood donations are counted by their interval deferrals, including those of joined rows. If
# this donation reaches the yearly number, the oldest counted one has to be a year old first.
AFTER_DONATION = """
WITH bound AS (
    SELECT max(c.value) FILTER (WHERE c.criterion = 'INTERVAL')::int AS days,
        min(c.value) FILTER (WHERE c.criterion = 'MAX_PER_YEAR')::int AS a_year
    FROM donors_criterion c JOIN donors_donor d ON d.id = %(donor)s
    WHERE c.in_use AND c.sex IN ('any', d.sex) AND c.donation_type IN ('any', 'whole_blood')
        AND c.valid_from <= %(on)s AND (c.valid_until IS NULL OR c.valid_until > %(on)s)
), given AS (
    SELECT %(on)s::date AS day
    UNION
    SELECT f.starts_on FROM donors_deferral f JOIN donors_deferralreason r ON r.id = f.reason_id
    WHERE f.donor_id = %(donor)s AND r.code = %(code)s
        AND f.starts_on <= %(on)s AND f.starts_on > %(on)s::date - 365
)
INSERT INTO donors_deferral (donor_id, reason_id, permanent, starts_on, ends_on, recorded_at,
    recorded_by_id, ended_because)
SELECT %(donor)s, r.id, false, %(on)s, greatest(
        %(on)s::date + bound.days,
        (SELECT day FROM given ORDER BY day DESC OFFSET bound.a_year - 1 LIMIT 1) + 365
    ), %(now)s, %(by)s, ''
FROM donors_deferralreason r, bound
WHERE r.code = %(code)s
    AND r.valid_from <= %(on)s AND (r.valid_until IS NULL OR r.valid_until > %(on)s)
RETURNING ends_on
"""


def after_donation(*, donor: int, on: date, by: User | None, now: datetime) -> date:
    """Write the interval deferral, or the rest of the year when the yearly number is reached;
    returns its end.

    One statement for the lock on ``donor`` and all reads: it runs at the end of every bleeding.
    """
    decider = by.pk if by else None
    with connection.cursor() as cursor:
        cursor.execute(
            AFTER_DONATION,
            {"donor": donor, "on": on, "code": INTERVAL, "now": now, "by": decider},
        )
        free: date = cursor.fetchone()[0]
    return free


@transaction.atomic
def end(*, deferral: Deferral, ground: str, because: str, by: User, now: datetime) -> None:
    """End a deferral early; a permanent one needs two physicians (``ask_to_lift``, ``lift``)."""
    because = substance.said(because)
    if deferral.permanent:
        raise Refused(_("A permanent deferral is lifted by two physicians, not here."))
    ended = Deferral.objects.filter(pk=deferral.pk, ended_at=None).update(
        ended_at=now, ended_by=by, ended_ground=ground, ended_because=because
    )
    if not ended:
        raise Refused(_("This deferral has already ended."))


@transaction.atomic
def ask_to_lift(
    *, deferral: Deferral, ground: str, because: str, by: User, now: datetime
) -> DeferralLift:
    """A physician asks to end a permanent deferral; it continues until another physician agrees."""
    because = substance.said(because)
    if not deferral.permanent or deferral.ended_at:
        raise Refused(_("This deferral has already ended."))
    if DeferralLift.objects.filter(deferral=deferral, approved_at=None).exists():
        raise Refused(_("A lifting of this waits for a second doctor already."))
    return DeferralLift.objects.create(
        deferral=deferral, ground=ground, because=because, asked_at=now, asked_by=by
    )


@transaction.atomic
def lift(*, asked: DeferralLift, by: User, now: datetime) -> None:
    """The second physician agrees; the deferral ends with the first one's reason."""
    if by == asked.asked_by:
        raise Refused(_("You asked for this yourself; another doctor has to agree."))
    waiting = DeferralLift.objects.filter(pk=asked.pk, approved_at=None)
    if not waiting.update(approved_at=now, approved_by=by):
        raise Refused(_("This has been decided already."))
    ended = Deferral.objects.filter(pk=asked.deferral_id, ended_at=None)
    ended.update(ended_at=now, ended_by=by, ended_ground=asked.ground, ended_because=asked.because)
