"""What became of a message in hand, written down only while its owner's lease on it is valid."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from campaigns.models import ChannelStop, Notification

from . import channels, contact_releases, other_ways
from .transports import Elsewhere, Ours, RecipientRefused, Temporary, Unclear

log = logging.getLogger(__name__)
State, Refusal = Notification.State, Notification.Refusal
LEASE = timedelta(seconds=90)
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
AWAY_IN_A_ROW = 3  # hand-overs without an answer after which the channel stops


class Pause(Exception):
    """Stop sending to this channel for now; ``until`` if the provider named a time."""

    def __init__(self, until: datetime | None = None):
        super().__init__()
        self.until = until


SENT = """
UPDATE campaigns_notification n
SET state = 'sent', settled_at = %(now)s, provider_id = left(said.id, 120), error = '', refusal = '',
    code = '', owner = NULL, lease_until = NULL
FROM unnest(%(accepted)s::bigint[], %(ids)s::text[]) AS said (key, id)
WHERE n.id = said.key AND n.state = 'attempting' AND n.owner = %(owner)s AND n.lease_until > %(now)s
"""
ATTEMPTING = f"""
WITH noted AS ({SENT})
UPDATE campaigns_notification
SET state = 'attempting', lease_until = %(until)s, attempts = attempts + 1,
    due_at = %(now)s + (%(steps)s::interval[])[least(attempts + 1, %(most)s)]
WHERE id = ANY(%(keys)s) AND state = 'claimed' AND owner = %(owner)s AND lease_until > %(now)s
RETURNING id
"""


def attempting(
    rows: Sequence[Notification], owner: uuid.UUID, accepted: dict[int, str]
) -> tuple[set[int], datetime]:
    """Mark a few claimed messages before they are handed over, and note those ``accepted`` before, in
    one statement. Returns the keys of those that are still this owner's, and the end of their lease.

    The next try is postponed before this one, so that a crash cannot cause a tight loop.
    """
    now = timezone.now()
    said: dict[str, Any] = {"until": now + LEASE, "keys": [n.pk for n in rows]}
    said |= {"steps": list(BACKOFF), "most": len(BACKOFF)}
    with connection.cursor() as cursor:
        cursor.execute(ATTEMPTING, said | _noting(accepted, owner, now))
        accepted.clear()
        return {key for (key,) in cursor.fetchall()}, now + LEASE


def _noting(accepted: dict[int, str], owner: uuid.UUID, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "owner": owner,
        "accepted": list(accepted),
        "ids": list(accepted.values()),
    }


def sent(accepted: dict[int, str], owner: uuid.UUID) -> None:
    """Note the provider's ids of accepted messages, in one statement."""
    if accepted:
        with connection.cursor() as cursor:
            cursor.execute(SENT, _noting(accepted, owner, timezone.now()))
        accepted.clear()


def _held(
    keys: Collection[int], owner: uuid.UUID, state: str, now: datetime
) -> QuerySet[Notification]:
    return Notification.objects.filter(pk__in=keys, state=state, owner=owner, lease_until__gt=now)


def not_handed_over(
    keys: Collection[int], owner: uuid.UUID, *, due_at: datetime | None = None
) -> None:
    """Marked messages whose turn did not come: they wait as before, and no try is counted."""
    now = timezone.now()
    _held(keys, owner, State.ATTEMPTING, now).update(
        state=State.PENDING,
        owner=None,
        lease_until=None,
        attempts=F("attempts") - 1,
        due_at=due_at or now,
    )


def give_back(
    rows: Sequence[Notification], owner: uuid.UUID, *, due_at: datetime | None = None
) -> None:
    """Return claimed messages without a try: they wait as before, or until the provider's time."""
    later = {"due_at": due_at} if due_at else {}
    held = Notification.objects.filter(
        pk__in=[n.pk for n in rows], state=State.CLAIMED, owner=owner
    )
    held.update(state=State.PENDING, owner=None, lease_until=None, **later)


def settle(notification: Notification, owner: uuid.UUID, before: str, **after: Any) -> int:
    """Change a row only while this owner's lease on it is valid."""
    now = timezone.now()
    after |= {"owner": None, "lease_until": None}
    if after["state"] in (State.SENT, State.SKIPPED, State.FAILED):
        after["settled_at"] = now
    for name, room in (("error", 200), ("code", 40)):
        if name in after:
            after[name] = after[name][:room]
    return _held([notification.pk], owner, before, now).update(**after)


def failed(notification: Notification, owner: uuid.UUID, error: Exception, away: int) -> None:
    """Sort a failed hand-over by whose fault it is. ``away``: so many hand-overs in a row, with this
    one, found the provider away. Raises ``Pause`` where the others must wait."""
    match error:
        case RecipientRefused():
            _recipient_refused(notification, owner, error)
        case Elsewhere():
            way = other_ways.after(notification, error.code)
            settle(notification, owner, State.ATTEMPTING, **way)
        case Ours():
            _ours(notification, owner, error.reason, error.code)
        case Temporary():
            _temporary(notification, owner, error, away)
        case Unclear():
            _unclear(notification, owner, error, away)
        case _:
            log.error("message %s failed: %s", notification.pk, type(error).__name__)
            state = State.FAILED if _is_spent(notification) else State.PENDING
            settle(notification, owner, State.ATTEMPTING, state=state, error=type(error).__name__)


def _unclear(notification: Notification, owner: uuid.UUID, error: Unclear, away: int) -> None:
    with transaction.atomic():
        settle(notification, owner, State.ATTEMPTING, state=State.UNKNOWN, error=error.code)
        if away < AWAY_IN_A_ROW:
            return
        reason = ChannelStop.Reason.AWAY
        channels.stop(opener=notification, reason=reason, code=error.code, now=timezone.now())
    raise Pause


def _is_spent(notification: Notification) -> bool:
    return notification.attempts + 1 > len(BACKOFF)


def _recipient_refused(
    notification: Notification, owner: uuid.UUID, error: RecipientRefused
) -> None:
    if channels.is_suspect(notification.channel):
        _put_back(notification, owner, Refusal.RECIPIENT, error.code)
        raise Pause
    kind = Refusal.RECIPIENT if error.reason else Refusal.MESSAGE
    notification.code = error.code
    with transaction.atomic():
        settled = settle(
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
        settle(notification, owner, State.ATTEMPTING, state=State.FAILED, **said)
        return
    with transaction.atomic():
        if _put_back(notification, owner, Refusal.OURS, code):
            channels.stop(opener=notification, reason=reason, code=code, now=timezone.now())
    raise Pause


def _put_back(notification: Notification, owner: uuid.UUID, refusal: str, code: str) -> int:
    """Queue it again without counting a try, since the fault was not its own. Others are tried
    before."""
    return settle(
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


def _temporary(notification: Notification, owner: uuid.UUID, error: Temporary, away: int) -> None:
    spent = _is_spent(notification)
    if error.away and (spent or (away >= AWAY_IN_A_ROW and not error.after)):
        _ours(notification, owner, ChannelStop.Reason.AWAY, error.code)
        return
    until = error.after and timezone.now() + error.after
    after: dict[str, Any] = {"error": error.code, "refusal": Refusal.TEMPORARY, "code": error.code}
    if until and not spent:
        after["due_at"] = until
    state = State.FAILED if spent else State.PENDING
    settle(notification, owner, State.ATTEMPTING, state=state, **after)
    if until:
        raise Pause(until)
