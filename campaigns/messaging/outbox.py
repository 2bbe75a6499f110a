"""The outbox: messages are queued with their cause, claimed, checked again, sent, settled.

The row decides. Each step is a short transaction of its own, guarded by owner and lease, so that a
killed sender loses nothing and a late one changes nothing.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from campaigns.models import ChannelStop, Notification
from centers.models import BookingRequest
from donors.models import Channel, Contact, Donor, User

from . import channels, contact_releases, unclear
from .catalogue import KINDS, render
from .hindrances import hindrances
from .transports import Ours, RecipientRefused, Temporary, Unclear, transport

if TYPE_CHECKING:
    from .transports import Deliver

log = logging.getLogger(__name__)
State, Refusal = Notification.State, Notification.Refusal
BATCH = 40
LEASE = timedelta(seconds=90)
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))


def enqueue(
    *,
    kind: str,
    cause: str,
    subject_id: int,
    now: datetime,
    donor: Donor | None = None,
    user: User | None = None,
    request: BookingRequest | None = None,
    contact: Contact | None = None,
    channel: str = Channel.EMAIL,
    urgent: bool = False,
) -> None:
    """Queue one message for one recipient, with its cause; queueing again adds nothing.

    Must run inside the transaction that writes the fact. A donor without a working address gets no
    row, unless the message is to prove that very ``contact``. ``channel`` is of a message to a user.
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
    else:
        assert request  # ensured by a constraint: a message has one recipient
        recipient = f"r:{request.pk}"
    channel = contact.channel if contact else request.channel if request else channel
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


def deliver(*, now: datetime, most: int = 400) -> int:
    """Send due messages, batch by batch; returns how many were sent."""
    left = 0
    resting: set[str] = set()
    while most > 0:
        left += _probe_stopped()
        owner = uuid.uuid4()
        batch = _claim(owner, min(BATCH, most), resting=resting)
        if not batch:
            break
        most -= len(batch)
        for channel in Channel.values:
            mine = [n for n in batch if n.channel == channel]
            if mine:
                left += _deliver_batch(channel, mine, owner, resting)
    return left


def _claim(
    owner: uuid.UUID, count: int, *, channel: str = "", resting: Iterable[str] = ()
) -> list[Notification]:
    """Claim rows of running channels, urgent ones first; or, for one ``channel``, the longest
    waiting."""
    now = timezone.now()
    due = Notification.objects.due(now)
    if channel:
        due = due.filter(channel=channel).order_by("due_at")
    else:
        due = due.exclude(channel__in=channels.stops().values("channel"))
        due = due.exclude(channel__in=resting).order_by("-urgent", "due_at")
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True)
        pks = list(rows.values_list("pk", flat=True)[:count])
        Notification.objects.filter(pk__in=pks).update(
            state=State.CLAIMED, owner=owner, lease_until=now + LEASE
        )
    related = ("donor", "user", "request", "contact", "wave__appeal")
    return list(Notification.objects.filter(pk__in=pks).select_related(*related).order_by("pk"))


def _probe_stopped() -> int:
    """Send one message for each stopped channel whose next try is due."""
    left, now = 0, timezone.now()
    for stop in channels.stops().filter(next_probe_at__lte=now):
        if channels.take_probe(stop, now=now):
            left += _probe(stop)
    return left


def _probe(stop: ChannelStop) -> int:
    owner = uuid.uuid4()
    batch = _claim(owner, BATCH, channel=stop.channel)
    free = _without_hindered(batch, owner)
    if not free:
        channels.give_probe_back(stop)
        return 0
    _give_back(free[1:], owner)
    try:
        with transport(stop.channel).open() as hand_over:
            left = _attempt(free[0], owner, hand_over)
    except Pause:
        return 0
    if left:
        channels.accepted(stop, now=timezone.now())
    return left


def _deliver_batch(
    channel: str, batch: list[Notification], owner: uuid.UUID, resting: set[str]
) -> int:
    free = _without_hindered(batch, owner)
    left = 0
    with transport(channel).open() as hand_over:
        for position, notification in enumerate(free):
            try:
                left += _attempt(notification, owner, hand_over)
            except Pause as pause:
                resting.add(channel)
                _give_back(free[position + 1 :], owner, due_at=pause.until)
                break
    return left


def _without_hindered(batch: list[Notification], owner: uuid.UUID) -> list[Notification]:
    """The messages that may be sent now; the others are settled or postponed."""
    hindered = hindrances(batch, timezone.now())
    for notification in batch:
        why = hindered.get(notification.pk)
        if isinstance(why, datetime):
            _settle(notification, owner, State.CLAIMED, state=State.PENDING, due_at=why)
        elif why is not None:
            _settle(notification, owner, State.CLAIMED, state=State.SKIPPED, error=why)
    return [n for n in batch if n.pk not in hindered]


def _give_back(rows: list[Notification], owner: uuid.UUID, due_at: datetime | None = None) -> None:
    """Return claimed messages without a try: they wait as before, or until the provider's time."""
    later = {"due_at": due_at} if due_at else {}
    held = Notification.objects.filter(
        pk__in=[n.pk for n in rows], state=State.CLAIMED, owner=owner
    )
    held.update(state=State.PENDING, owner=None, lease_until=None, **later)


class Pause(Exception):
    """Stop sending to this channel for now; ``until`` if the provider named a time."""

    def __init__(self, until: datetime | None = None):
        super().__init__()
        self.until = until


def _attempt(notification: Notification, owner: uuid.UUID, hand_over: Deliver) -> int:
    step = BACKOFF[min(notification.attempts, len(BACKOFF) - 1)]
    now = timezone.now()
    # The next try is postponed before this one, so that a crash cannot cause a tight loop.
    fenced = _settle(
        notification,
        owner,
        State.CLAIMED,
        state=State.ATTEMPTING,
        lease_until=now + LEASE,
        due_at=now + step,
        attempts=F("attempts") + 1,
    )
    if not fenced:
        return 0
    try:
        provider_id = hand_over(render(notification))
    except RecipientRefused as error:
        _recipient_refused(notification, owner, error)
    except Ours as error:
        _ours(notification, owner, error.reason, error.code)
    except Temporary as error:
        _temporary(notification, owner, error)
    except Unclear as error:
        _settle(notification, owner, State.ATTEMPTING, state=State.UNKNOWN, error=error.code)
    except Exception as error:  # noqa: BLE001 - one poison row must not stop the others
        log.error("message %s failed: %s", notification.pk, type(error).__name__)
        spent = notification.attempts + 1 > len(BACKOFF)
        state = State.FAILED if spent else State.PENDING
        _settle(notification, owner, State.ATTEMPTING, state=state, error=type(error).__name__)
    else:
        said = {"provider_id": provider_id, "error": "", "refusal": "", "code": ""}
        _settle(notification, owner, State.ATTEMPTING, state=State.SENT, **said)
        return 1
    return 0


def _recipient_refused(
    notification: Notification, owner: uuid.UUID, error: RecipientRefused
) -> None:
    if channels.is_suspect(notification.channel):
        _put_back(notification, owner, Refusal.RECIPIENT, error.code)
        raise Pause
    kind = Refusal.RECIPIENT if error.reason else Refusal.MESSAGE
    notification.code = error.code
    with transaction.atomic():
        settled = _settle(
            notification,
            owner,
            State.ATTEMPTING,
            state=State.FAILED,
            error=error.code,
            code=error.code,
            refusal=Refusal.DOUBTFUL if error.doubtful else kind,
        )
        if not settled:
            return
        now = timezone.now()
        contact_releases.mark(
            notification=notification, reason=error.reason, doubtful=error.doubtful, now=now
        )
        suspect = channels.suspect(refused=notification, now=now)
    if suspect:
        raise Pause


def _ours(notification: Notification, owner: uuid.UUID, reason: str, code: str) -> None:
    """Stop the channel and keep the message. One that is refused repeatedly while others are
    accepted fails alone."""
    if channels.refused_alone(notification):
        said = {"error": f"{code}, while others were accepted", "code": code}
        said["refusal"] = Refusal.OURS
        _settle(notification, owner, State.ATTEMPTING, state=State.FAILED, **said)
        return
    with transaction.atomic():
        if _put_back(notification, owner, Refusal.OURS, code):
            channels.stop(opener=notification, reason=reason, code=code, now=timezone.now())
    raise Pause


def _put_back(notification: Notification, owner: uuid.UUID, refusal: str, code: str) -> int:
    """Queue it again without counting a try, since the fault was not its own. Others are tried
    before."""
    return _settle(
        notification,
        owner,
        State.ATTEMPTING,
        state=State.PENDING,
        attempts=F("attempts") - 1,
        due_at=timezone.now() + BACKOFF[0],
        error=code,
        refusal=refusal,
        code=code,
    )


def _temporary(notification: Notification, owner: uuid.UUID, error: Temporary) -> None:
    spent = notification.attempts + 1 > len(BACKOFF)
    if spent and error.away:
        _ours(notification, owner, ChannelStop.Reason.AWAY, error.code)
        return
    until = error.after and timezone.now() + error.after
    after: dict[str, Any] = {"error": error.code, "refusal": Refusal.TEMPORARY, "code": error.code}
    if until and not spent:
        after["due_at"] = until
    state = State.FAILED if spent else State.PENDING
    _settle(notification, owner, State.ATTEMPTING, state=state, **after)
    if until:
        raise Pause(until)


def _settle(notification: Notification, owner: uuid.UUID, before: str, **after: Any) -> int:
    """Change a row only while this owner's lease on it is valid."""
    now = timezone.now()
    if after["state"] not in (State.CLAIMED, State.ATTEMPTING):
        after |= {"owner": None, "lease_until": None}
    if after["state"] in (State.SENT, State.SKIPPED, State.FAILED):
        after["settled_at"] = now
    for name, room in (("error", 200), ("code", 40)):
        if name in after:
            after[name] = after[name][:room]
    return Notification.objects.filter(
        pk=notification.pk, state=before, owner=owner, lease_until__gt=now
    ).update(**after)


def reap(*, now: datetime) -> None:
    """Take back the rows of a dead sender. An attempt with unknown result counts; whether the
    message is sent again depends on its provider (``unclear``)."""
    unclear.tend(most=len(BACKOFF), now=now)
    lost = Q(lease_until__lte=now)
    free = {"owner": None, "lease_until": None}
    Notification.objects.filter(lost, state=State.CLAIMED).update(state=State.PENDING, **free)
    Notification.objects.filter(lost, state=State.ATTEMPTING).update(state=State.UNKNOWN, **free)


def health(*, now: datetime) -> dict[str, int]:
    """Rows by state, and ``stuck``: due for over a minute while nothing was settled, on channels
    that are not stopped."""
    counts = dict(Notification.objects.values_list("state").annotate(Count("pk")).order_by())
    minute = now - timedelta(minutes=1)
    running = Notification.objects.exclude(channel__in=channels.stops().values("channel"))
    overdue = running.due(minute).count()
    moving = Notification.objects.filter(settled_at__gt=minute).exists()
    return counts | {"stuck": 0 if moving else overdue}
