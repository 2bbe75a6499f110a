"""What an operator sees of the outbox, and does about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from campaigns.models import Notification
from donors.errors import Refused
from donors.models import Channel

from . import outbox, pacing
from .catalogue import Message
from .settling import LEASE
from .transports import Turn, transport

State = Notification.State


@dataclass(frozen=True)
class Figures:
    """``oldest`` is when the message that waits longest became due; ``reasons`` are why messages wait
    though the channel runs."""

    minute: int
    hour: int
    failed: int
    unknown: int
    due: int
    later: int
    oldest: datetime | None
    reasons: list[str]


def figures(channel: str, now: datetime) -> Figures:
    """Messages of a channel: those that left in the last minute and hour, failed in the last day, in
    doubt, due, and due later."""
    rows = Notification.objects.filter(channel=channel)
    lately = rows.filter(
        state__in=[State.SENT, State.FAILED], settled_at__gt=now - timedelta(days=1)
    )
    hour = Q(state=State.SENT, settled_at__gt=now - timedelta(hours=1))
    left = lately.aggregate(
        minute=Count("pk", filter=Q(state=State.SENT, settled_at__gt=now - timedelta(minutes=1))),
        hour=Count("pk", filter=hour),
        failed=Count("pk", filter=Q(state=State.FAILED)),
    )
    open_ones = rows.filter(state__in=[State.PENDING, State.UNKNOWN]).aggregate(
        due=Count("pk", filter=Q(state=State.PENDING, due_at__lte=now)),
        later=Count("pk", filter=Q(state=State.PENDING, due_at__gt=now)),
        unknown=Count("pk", filter=Q(state=State.UNKNOWN)),
        oldest=Min("due_at", filter=Q(state=State.PENDING, due_at__lte=now)),
    )
    return Figures(**left, **open_ones, reasons=pacing.reasons(channel, now))


@transaction.atomic
def retry(*, channel: str, kind: str = "", since: datetime, now: datetime) -> int:
    """Queue again what failed since then through no fault of its recipient; returns how many.

    Whether a message is still timely is checked when it is sent.
    """
    failed = Notification.objects.filter(channel=channel, state=State.FAILED, settled_at__gte=since)
    if kind:
        failed = failed.filter(kind=kind)
    blameless = failed.exclude(
        refusal__in=[
            Notification.Refusal.RECIPIENT,
            Notification.Refusal.DOUBTFUL,
            Notification.Refusal.MESSAGE,
        ]
    )
    return blameless.update(
        state=State.PENDING,
        settled_at=None,
        attempts=0,
        due_at=now,
        refusal="",
        code="",
        error="",
    )


def free(*, now: datetime) -> int:
    """Take back what senders have in hand whose lease is over, without waiting for the next minute;
    returns how many messages that were."""
    before = Notification.objects.filter(lease_until__lte=now).count()
    outbox.reap(now=now)
    return before


def send_test(*, channel: str, address: str, now: datetime) -> str:
    """Hand one message to an own address straight to the provider; returns the provider's id.
    Raises ``Refused`` with what the provider says."""
    if channel not in Channel.values:
        raise Refused(_("There is no such channel."))
    text = _("This is a test of the blood donation service. Nothing needs to be done.")
    message = Message(
        key=f"test{now:%Y%m%d%H%M%S%f}",
        notification_id=0,
        address=address,
        language="en",
        subject=text if channel == Channel.EMAIL else "",
        text=text,
    )
    with transport(channel).open() as hand_over:
        for outcome in hand_over([message], Turn(now + LEASE)):
            if outcome and outcome.error:
                raise Refused(str(outcome.error) or type(outcome.error).__name__)
            if outcome:
                return outcome.provider_id
    raise Refused(_("The provider did not answer."))
