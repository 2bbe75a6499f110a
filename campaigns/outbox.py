"""Messages on their way: queued with their cause, claimed, checked once more, handed over, settled.

The row is the truth. Each step is its own short transaction guarded by owner and lease, so that a
killed sender loses nothing and a late one changes nothing.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from centers import advice
from centers.models import Appointment, BookingRequest
from donors.calendar import quiet_until
from donors.models import Channel, Consent, Contact, Donor, User

from . import recruiting
from .messages import KINDS, render
from .models import Appeal, Notification
from .transports import Permanent, Temporary, transport

log = logging.getLogger(__name__)
State = Notification.State
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
    urgent: bool = False,
) -> None:
    """Put one message for one reader beside the fact that causes it; again adds nothing.

    Has to run inside the transaction that writes the fact. A donor without a working address gets
    no row, unless the message is to prove that very ``contact``.
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
    recipient = f"d:{donor.pk}" if donor else f"u:{user.pk}" if user else f"r:{request.pk}"
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
                channel=(contact or request).channel if contact or request else Channel.EMAIL,
                urgent=urgent,
                made_at=now,
                due_at=now,
            )
        ],
        ignore_conflicts=True,
    )


def deliver(*, now: datetime, most: int = 400) -> int:
    """Hand over what is due, batch by batch; how many left."""
    left = 0
    while most > 0:
        owner = uuid.uuid4()
        batch = _claim(owner, min(BATCH, most))
        if not batch:
            break
        most -= len(batch)
        for channel in Channel.values:
            mine = [n for n in batch if n.channel == channel]
            if mine:
                left += _deliver_batch(channel, mine, owner)
    return left


def _claim(owner: uuid.UUID, count: int) -> list[Notification]:
    now = timezone.now()
    with transaction.atomic():
        rows = Notification.objects.due(now).select_for_update(skip_locked=True)
        pks = list(rows.order_by("-urgent", "due_at").values_list("pk", flat=True)[:count])
        Notification.objects.filter(pk__in=pks).update(
            state=State.CLAIMED, owner=owner, lease_until=now + LEASE
        )
    related = ("donor", "user", "request", "contact", "wave__appeal")
    return list(Notification.objects.filter(pk__in=pks).select_related(*related).order_by("pk"))


def _deliver_batch(channel: str, batch: list[Notification], owner: uuid.UUID) -> int:
    now = timezone.now()
    hindered = hindrances(batch, now)
    left = 0
    with transport(channel).open() as hand_over:
        for notification in batch:
            why = hindered.get(notification.pk)
            if why is None:
                left += _attempt(notification, owner, hand_over)
            elif isinstance(why, datetime):
                _settle(notification, owner, State.CLAIMED, state=State.PENDING, due_at=why)
            else:
                _settle(notification, owner, State.CLAIMED, state=State.SKIPPED, error=why)
    return left


def hindrances(batch: list[Notification], now: datetime) -> dict[int, str | datetime]:
    """Why a message does not leave now, by its key: a reason for good, or the time to try again."""
    found: dict[int, str | datetime] = {}
    invited = [n for n in batch if n.kind == "appeal_invitation"]
    consenting = [n for n in batch if n.donor_id and KINDS[n.kind].purpose]
    willing = recruiting.still_may_be_asked({n.donor_id for n in invited}, now)
    willing -= advice.answered_against([n.donor for n in invited if n.donor_id], now)
    agreed = _agreed(consenting)
    invitations = _invitations([n for n in batch if n.kind == "appeal_stand_down"])
    past = _past_visits(batch, now)
    for n in batch:
        if n.user_id and not n.user.is_active:
            found[n.pk] = "account closed"
        elif n.request_id and (n.request.expires_at <= now or n.request.confirmed_at):
            found[n.pk] = "request over"
        elif n.contact_id and (n.contact.failed_at or n.contact.removed_at):
            found[n.pk] = "address gone"
        elif n in consenting and (n.donor_id, KINDS[n.kind].purpose) not in agreed:
            found[n.pk] = "consent withdrawn"
        elif n.kind == "appeal_invitation" and n.donor_id not in willing:
            found[n.pk] = "not to be asked now"
        elif n.kind == "appeal_invitation" and not _appeal_open(n, now):
            found[n.pk] = "appeal over"
        elif n.pk in past:
            found[n.pk] = "visit changed"
        elif (asked := invitations.get(n.pk)) in (State.SKIPPED, State.FAILED):
            found[n.pk] = "was not asked after all"
        elif asked and asked != State.SENT:
            found[n.pk] = now + BACKOFF[0]
        elif KINDS[n.kind].waits_for_morning and (calm := _quiet(n, now)):
            found[n.pk] = calm
    return found


def _agreed(batch: list[Notification]) -> set[tuple[int, str]]:
    rows = Consent.objects.live().filter(donor__in={n.donor_id for n in batch})
    return set(rows.values_list("donor_id", "purpose"))


def _invitations(thanks: list[Notification]) -> dict[int, str]:
    """How the invitation stands of each person about to be thanked: some never left."""
    sent = Notification.objects.filter(
        kind="appeal_invitation", donor__in={n.donor_id for n in thanks}
    )
    states = {
        (subject, donor): state
        for subject, donor, state in sent.values_list("subject_id", "donor", "state")
    }
    return {n.pk: states.get((n.subject_id, n.donor_id), State.SENT) for n in thanks}


def _quiet(notification: Notification, now: datetime) -> datetime | None:
    donor = notification.donor
    return quiet_until(now, donor.quiet_hours if donor else None)


OF_STATE = {
    "visit_reminder": Appointment.State.BOOKED,
    "place_offered": Appointment.State.OFFERED,
}


def _past_visits(batch: list[Notification], now: datetime) -> set[int]:
    """Messages about a visit that was moved, given back, taken or missed meanwhile."""
    about = {n.pk: n for n in batch if n.kind in OF_STATE}
    places = Appointment.objects.filter(slot__starts_at__gt=now)
    states = dict(
        places.filter(pk__in=[n.subject_id for n in about.values()]).values_list("pk", "state")
    )
    return {pk for pk, n in about.items() if states.get(n.subject_id) != OF_STATE[n.kind]}


def _appeal_open(notification: Notification, now: datetime) -> bool:
    appeal = notification.wave.appeal
    return appeal.state == Appeal.State.OPEN and appeal.expires_at > now


def _attempt(notification: Notification, owner: uuid.UUID, hand_over) -> int:
    step = BACKOFF[min(notification.attempts, len(BACKOFF) - 1)]
    now = timezone.now()
    # The next try is pushed forward before this one, so that a crash cannot make a tight loop.
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
    except Permanent as error:
        _settle(notification, owner, State.ATTEMPTING, state=State.FAILED, error=str(error))
        Contact.objects.filter(pk=notification.contact_id).update(failed_at=timezone.now())
    except Temporary as error:
        spent = notification.attempts + 1 > len(BACKOFF)
        state = State.FAILED if spent else State.PENDING
        _settle(notification, owner, State.ATTEMPTING, state=state, error=str(error))
    except Exception as error:  # noqa: BLE001 - one poison row must not stop the others
        log.error("message %s failed: %s", notification.pk, type(error).__name__)
        spent = notification.attempts + 1 > len(BACKOFF)
        state = State.FAILED if spent else State.PENDING
        _settle(notification, owner, State.ATTEMPTING, state=state, error=type(error).__name__)
    else:
        _settle(notification, owner, State.ATTEMPTING, state=State.SENT, provider_id=provider_id)
        return 1
    return 0


def _settle(notification: Notification, owner: uuid.UUID, before: str, **after) -> int:
    """Change a row only while it is in this owner's hands and the lease lives."""
    now = timezone.now()
    if after["state"] not in (State.CLAIMED, State.ATTEMPTING):
        after |= {"owner": None, "lease_until": None}
    if after["state"] in (State.SENT, State.SKIPPED, State.FAILED):
        after["settled_at"] = now
    if "error" in after:
        after["error"] = after["error"][:200]
    return Notification.objects.filter(
        pk=notification.pk, state=before, owner=owner, lease_until__gt=now
    ).update(**after)


def reap(*, now: datetime) -> None:
    """Take back what a dead sender held. An attempt of unknown end is counted as such, then settled.

    E-mail goes again under its Message-ID, SMS under its idempotency key, the demo's copy once.
    """
    unknown = Notification.objects.filter(state=State.UNKNOWN)
    unknown.filter(attempts__gt=len(BACKOFF)).update(
        state=State.FAILED, settled_at=now, error="unknown end, too many tries"
    )
    unknown.update(state=State.PENDING)
    lost = Q(lease_until__lte=now)
    free = {"owner": None, "lease_until": None}
    Notification.objects.filter(lost, state=State.CLAIMED).update(state=State.PENDING, **free)
    Notification.objects.filter(lost, state=State.ATTEMPTING).update(state=State.UNKNOWN, **free)


def health(*, now: datetime) -> dict[str, int]:
    """Rows by state, and ``stuck``: due for over a minute while nothing at all was settled."""
    counts = dict(Notification.objects.values_list("state").annotate(Count("pk")).order_by())
    minute = now - timedelta(minutes=1)
    overdue = Notification.objects.due(minute).count()
    moving = Notification.objects.filter(settled_at__gt=minute).exists()
    return counts | {"stuck": 0 if moving else overdue}
