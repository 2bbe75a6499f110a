"""Reports about messages that were handed over: kept once, and applied to the message.

They come late, twice and in any order (Kannel tells "delivered" before "taken by the network"), and
while a sender still holds the message.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from campaigns.messaging import channels, contact_releases, other_ways
from campaigns.messaging.catalogue import KINDS
from campaigns.messaging.unclear import END
from campaigns.models import DeliveryReport, Notification
from donors.contact import consent
from donors.models import Channel

State, Refusal = Notification.State, Notification.Refusal
Outcome, Source = DeliveryReport.Outcome, DeliveryReport.Source
ARRIVED = (Outcome.DELIVERED, Outcome.ACCEPTED)
IN_HAND = (State.CLAIMED, State.ATTEMPTING)
BATCH = 500


@transaction.atomic
def record(
    *,
    message: int,
    outcome: str,
    source: str,
    now: datetime,
    code: str = "",
    refusal: str = "",
    reason: str = "",
) -> bool:
    """Keep the report and apply it; False for one that came before, or of no message of ours.

    ``reason``: the address is dead. ``refusal``: whose fault a failure is.
    """
    notification = Notification.objects.select_for_update().filter(pk=message).first()
    if notification is None:
        return False
    told = f"{source}:{message}:{outcome}:{code}:{_round(notification)}"
    report, made = DeliveryReport.objects.get_or_create(
        key=hashlib.sha256(told.encode()).hexdigest(),
        defaults={
            "notification": notification,
            "outcome": outcome,
            "source": source,
            "code": code[:40],
            "refusal": refusal,
            "reason": reason,
            "at": now,
        },
    )
    if made:
        _apply(report, notification, now)
    return made


def _round(notification: Notification) -> int:
    """How often the message was sent and failed before: one that is sent anew may fail anew."""
    failed = notification.reports.filter(outcome=Outcome.FAILED, applied_at__isnull=False).count()
    return failed - 1 if failed and notification.state == State.FAILED else failed


def apply_waiting(*, now: datetime) -> int:
    """Apply the reports that came while their message was in the hands of a sender."""
    applied = 0
    waiting = DeliveryReport.objects.filter(applied_at=None).order_by("at", "pk")
    for pk, message in list(waiting.values_list("pk", "notification_id")[:BATCH]):
        with transaction.atomic():
            notification = Notification.objects.select_for_update().get(pk=message)
            report = DeliveryReport.objects.get(pk=pk)
            applied += report.applied_at is None and _apply(report, notification, now)
    return applied


def _apply(report: DeliveryReport, notification: Notification, now: datetime) -> bool:
    if notification.state in IN_HAND:
        return False
    DeliveryReport.objects.filter(pk=report.pk).update(applied_at=now)
    if report.outcome in ARRIVED:
        _arrived(notification, now)
    elif report.outcome == Outcome.COMPLAINT:
        _complained(notification, now)
    elif report.outcome == Outcome.FAILED:
        _failed(report, notification, now)
    return True


def _arrived(notification: Notification, now: datetime) -> None:
    """The end is known: a message that waits to be sent once more does not leave, and one that was
    given up was not lost."""
    again = notification.reports.filter(outcome=Outcome.REPEATED).exists()
    rows = Notification.objects.filter(pk=notification.pk)
    unclear = Q(state=State.UNKNOWN) | Q(state=State.FAILED, error__startswith=END)
    rows.filter(unclear | Q(state=State.PENDING) if again else unclear).update(
        state=State.SENT, settled_at=now, error="", refusal="", code=""
    )


def _failed(report: DeliveryReport, notification: Notification, now: datetime) -> None:
    if notification.reports.filter(outcome=Outcome.DELIVERED).exists():
        return
    failed = Notification.objects.filter(
        pk=notification.pk, state__in=[State.SENT, State.UNKNOWN]
    ).update(
        state=State.FAILED,
        settled_at=now,
        error=report.code,
        code=report.code,
        refusal=report.refusal,
    )
    if failed and notification.channel == Channel.WHATSAPP:
        other_ways.by_sms(notification=notification, now=now)
        return
    if not failed or report.refusal not in (Refusal.RECIPIENT, Refusal.DOUBTFUL):
        return
    notification.code = report.code
    doubtful = report.refusal == Refusal.DOUBTFUL
    contact_releases.mark(
        notification=notification, reason=report.reason or None, doubtful=doubtful, now=now
    )
    channels.suspect(refused=notification, now=now)


def _complained(notification: Notification, now: datetime) -> None:
    """Who calls a message unwanted gets no more of its purpose, nor any appeal."""
    if notification.donor is None:
        return
    purpose = KINDS[notification.kind].purpose
    for one in consent.purposes(notification.donor) if purpose is None else {purpose}:
        consent.withdraw(donor=notification.donor, purpose=one, now=now)
