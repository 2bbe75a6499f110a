"""Asking by telephone: people whom an open appeal needs and whom no message reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.messaging.allowance import ALLOWANCE_WINDOW, QUIET_SINCE_ASKED, may_be_called, rested
from campaigns.models import Appeal, Call, Notification, Pledge
from centers.models import Slot
from centers.sessions import advice
from donors.clock.calendar import quiet_until
from donors.contact import consent
from donors.errors import Refused
from donors.models import Channel, Contact, Donor, Purpose, User
from donors.people import privacy

from . import responses

LEASE = timedelta(minutes=15)
RESTED = timedelta(hours=4)  # after a call that nobody answered
MOST_TRIES = 3
MOST_LOOKED_AT = 200
Outcome = Call.Outcome


@dataclass(frozen=True)
class Waiting:
    """An appeal with the number of people who may be called for it now."""

    appeal: Appeal
    people: int


def numbers(donor: Donor) -> list[str]:
    rows = _numbers().filter(donor=donor).order_by("-preferred", "pk")
    return list(rows.values_list("address", flat=True))


def _numbers() -> QuerySet[Contact]:
    """Telephone numbers that nobody has called wrong; whether an SMS reaches them is another matter."""
    return Contact.objects.filter(channel=Channel.SMS, removed_at=None).exclude(
        failed_reason=Contact.Failure.UNKNOWN
    )


def people(appeal: Appeal, now: datetime) -> QuerySet[Donor]:
    """Willing people of the needed group in the centre's province who have a number, and no working
    address or an invitation that failed; inside the allowance. Least often tried first."""
    me = OuterRef("pk")
    reachable = Contact.objects.reachable().filter(donor=me)
    asked = Notification.objects.filter(donor=me, kind="appeal_invitation")
    failed = asked.filter(subject_id=appeal.pk, state=Notification.State.FAILED)
    calls = Call.objects.filter(donor=me)
    wrong = calls.filter(outcome=Outcome.WRONG, said_at__gt=now - QUIET_SINCE_ASKED)
    resting = calls.filter(outcome=Outcome.NO_ANSWER, said_at__gt=now - RESTED)
    live = Pledge.objects.filter(appeal=appeal, donor=me).exclude(state=Pledge.State.WITHDRAWN)
    tries = Count(
        "calls",
        filter=Q(calls__outcome=Outcome.NO_ANSWER, calls__said_at__gt=now - ALLOWANCE_WINDOW),
    )
    return (
        rested(may_be_called(Donor.objects.all(), now), now)
        .filter(
            Exists(_numbers().filter(donor=me)),
            ~Exists(reachable) | Exists(failed),
            ~Exists(wrong),
            ~Exists(resting),
            ~Exists(live),
            ~Exists(calls.leased(now)),
            blood_group=appeal.blood_group,
            province=appeal.center.province,
        )
        .annotate(tries=tries)
        .filter(tries__lt=MOST_TRIES)
        .order_by("tries", "pk")
    )


def waiting(appeals: QuerySet[Appeal], now: datetime) -> list[Waiting]:
    """Open appeals that still ask, the greatest need first."""
    asking = appeals.filter(state=Appeal.State.ASKING, expires_at__gt=now)
    rows = asking.select_related("center__province", "component").order_by("-needed", "opened_at")
    return [Waiting(appeal, people(appeal, now).count()) for appeal in rows]


def take_next(*, appeal: Appeal, by: User, now: datetime) -> Call | None:
    """Lease the next person to this caller; None if nobody is left.

    Raises ``Refused`` in the quiet hours and for an appeal that asks no more. Who is shown is logged.
    """
    if quiet_until(now):
        raise Refused(_("Nobody is called at this hour."))
    if not responses.asks(appeal):
        raise Refused(_("This appeal asks nobody any more."))
    held = Call.objects.leased(now).filter(by=by).first()
    if held:
        return held
    for donor in people(appeal, now)[:MOST_LOOKED_AT]:
        if quiet_until(now, donor.quiet_hours) or advice.answered_against([donor], now):
            continue
        if call := _leased(appeal, donor, by, now):
            return call
    return None


def _leased(appeal: Appeal, donor: Donor, by: User, now: datetime) -> Call | None:
    """None if another caller was quicker."""
    with transaction.atomic():
        said = {"by": by, "begun_at": now, "leased_until": now + LEASE}
        left = Call.objects.filter(donor=donor, outcome="", leased_until__lte=now)
        old = left.filter(appeal=appeal).select_for_update(skip_locked=True).first()
        if old:
            Call.objects.filter(pk=old.pk).update(**said)
            call = Call.objects.get(pk=old.pk)
        else:
            left.update(outcome=Outcome.NO_ANSWER, said_at=now)  # of another appeal, never told
            try:
                with transaction.atomic():
                    call = Call.objects.create(appeal=appeal, donor=donor, **said)
            except IntegrityError:
                return None
        privacy.log_access(donor=donor, by=by, reason=f"call for appeal {appeal.code}")
        return call


@transaction.atomic
def settle(*, call: Call, outcome: str, slot: Slot | None, by: User, now: datetime) -> None:
    """What was said; a yes books the ``slot``.

    Raises ``Refused`` when the call is another's by now, or the slot cannot be had.
    """
    locked = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if locked.outcome or locked.by_id != by.pk:
        raise Refused(_("This call is no longer yours. Take the next one."))
    appointment = None
    donor, appeal = locked.donor, locked.appeal
    if outcome == Outcome.YES:
        if slot is None:
            raise Refused(_("Choose the time at which the person comes."), "slot")
        appointment = responses.accept(appeal=appeal, donor=donor, slot=slot, now=now)
    elif outcome == Outcome.NO:
        responses.decline(appeal=appeal, donor=donor, now=now)
    elif outcome == Outcome.STOP:
        consent.withdraw(donor=donor, purpose=Purpose.APPEALS, now=now)
    elif outcome == Outcome.WRONG:
        _numbers().filter(donor=donor).update(
            failed_at=now, failed_reason=Contact.Failure.UNKNOWN, failed_code="call"
        )
    Call.objects.filter(pk=locked.pk).update(outcome=outcome, said_at=now, appointment=appointment)
