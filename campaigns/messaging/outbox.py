"""The outbox: messages are queued with their cause, claimed, checked again, sent, settled.

The row decides. Each step is a short transaction of its own, guarded by owner and lease, so that a
killed sender loses nothing and a late one changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Q

from campaigns.models import Notification
from centers.models import BookingRequest, Hospital
from donors.models import Channel, Contact, Donor, User

from . import channels, lanes, sending, unclear, whatsapp
from .catalogue import KINDS
from .settling import BACKOFF

State = Notification.State
SECONDS = 20.0  # after which a run of ``deliver`` ends; the next one begins within two


def enqueue(
    *,
    kind: str,
    cause: str,
    subject_id: int,
    now: datetime,
    donor: Donor | None = None,
    user: User | None = None,
    request: BookingRequest | None = None,
    hospital: Hospital | None = None,
    contact: Contact | None = None,
    channel: str = Channel.EMAIL,
    urgent: bool = False,
) -> None:
    """Queue one message for one recipient, with its cause; queueing again adds nothing.

    Must run inside the transaction that writes the fact. A donor without a working address gets no
    row, unless the message is to prove that very ``contact``. ``channel`` is of a message to a
    user, or WhatsApp for the answer to somebody who wrote there.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a message is queued in the transaction of its cause")
    if donor and contact is None:
        contact = (
            Contact.objects.reachable()
            .filter(donor=donor, channel__in=KINDS[kind].channels)
            .order_by("-preferred", "pk")
            .first()
        )
        if contact is None:
            return
    if donor:
        recipient = f"d:{donor.pk}"
    elif user:
        recipient = f"u:{user.pk}"
    elif hospital:
        recipient = f"h:{hospital.pk}"
    else:
        assert request  # ensured by a constraint: a message has one recipient
        recipient = f"r:{request.pk}"
    if donor and contact and channel != Channel.WHATSAPP:
        channel = whatsapp.channel_of(kind=kind, donor=donor, contact=contact)
    elif request:
        channel = request.channel
    Notification.objects.bulk_create(
        [
            Notification(
                kind=kind,
                cause=cause,
                recipient=recipient,
                subject_id=subject_id,
                donor=donor,
                user=user,
                request=request,
                hospital=hospital,
                contact=contact,
                channel=channel,
                urgent=urgent,
                made_at=now,
                due_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def enqueue_for_users(
    *, kind: str, subject_id: int, messages: Iterable[tuple[User, str, str]], now: datetime
) -> None:
    """Queue messages, each with its user, cause and channel, in one statement; as ``enqueue``."""
    if not connection.in_atomic_block:
        raise RuntimeError("a message is queued in the transaction of its cause")
    rows = [
        Notification(
            kind=kind,
            cause=cause,
            recipient=f"u:{user.pk}",
            subject_id=subject_id,
            user=user,
            channel=channel,
            made_at=now,
            due_at=now,
        )
        for user, cause, channel in messages
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def deliver(
    *,
    now: datetime,
    channels_of: Iterable[str] = Channel.values,
    lane: int = Notification.Lane.WAVE,
    seconds: float = SECONDS,
) -> int:
    """Send what is due by these channels up to this lane, first things first; returns how many were
    sent. Ends when nothing is due, or after ``seconds``."""
    left = 0
    for channel in channels_of:
        with lanes.slot(channel, lane) as mine:
            if mine:
                left += sending.run(channel, lane=lane, seconds=seconds)
    return left


def reap(*, now: datetime) -> None:
    """Take back the rows of a dead sender. An attempt with unknown result counts; whether the
    message is sent again depends on its provider (``unclear``)."""
    unclear.tend(most=len(BACKOFF), now=now)
    lost = Q(lease_until__lte=now)
    free = {"owner": None, "lease_until": None}
    Notification.objects.filter(lost, state=State.CLAIMED).update(state=State.PENDING, **free)
    Notification.objects.filter(lost, state=State.ATTEMPTING).update(state=State.UNKNOWN, **free)


def health(*, now: datetime) -> dict[str, int]:
    """Rows by state, and ``stuck``: due for over a minute on running channels by which nothing was
    settled in that minute."""
    counts = dict(Notification.objects.values_list("state").annotate(Count("pk")).order_by())
    minute = now - timedelta(minutes=1)
    moving = Notification.objects.filter(settled_at__gt=minute).values("channel")
    late = Notification.objects.due(minute).exclude(channel__in=moving)
    stuck = late.exclude(channel__in=channels.stops().values("channel")).count()
    return counts | {"stuck": stuck}
