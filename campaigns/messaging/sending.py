"""One sender at work on one channel: claim, check again, mark a few, hand over, note what became of
them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import ChannelStop, Notification, Wave

from . import channels, pacing, settling
from .hindrances import hindrances
from .settling import Pause
from .texts import Texts
from .transports import Temporary, Turn, Unclear, transport

if TYPE_CHECKING:
    from .transports import HandOver

State, Lane = Notification.State, Notification.Lane
# What is claimed is checked at once and sent within TURN seconds; the rest is given back and
# claimed again, so that the check is fresh and a code that came meanwhile is first.
FEWEST, MOST, TURN = 60, 600, 2.0


@dataclass
class Sender:
    """``accepted``: what the provider took and is not noted yet, with its ids. ``away``: hand-overs
    in a row that found the provider away."""

    channel: str
    hand_over: HandOver
    in_flight: int
    owner: uuid.UUID = field(default_factory=uuid.uuid4)
    accepted: dict[int, str] = field(default_factory=dict)
    away: int = 0

    def note(self) -> None:
        settling.sent(self.accepted, self.owner)

    def judge(self, error: Exception) -> None:
        silent = isinstance(error, Unclear) or (isinstance(error, Temporary) and error.away)
        self.away = self.away + 1 if silent else 0


def run(channel: str, *, lane: int, seconds: float) -> int:
    """Send by one channel until nothing is due or ``seconds`` are over; returns how many left."""
    ends, size, owner = time.monotonic() + seconds, FEWEST, uuid.uuid4()
    left = probe(channel)
    batch = claim(owner, size, channel=channel, lane=lane)
    if not batch:
        return left
    way = transport(channel)
    with way.open() as hand_over:
        sender = Sender(channel, hand_over, way.in_flight(), owner)
        while batch:
            began = time.monotonic()
            try:
                left += _deliver(sender, batch, until=began + TURN)
            except Stopped as stopped:
                left += stopped.left
                break
            # A provider that is perhaps away is tried until that is known.
            if time.monotonic() > ends and not sender.away:
                return left
            taken = max(time.monotonic() - began, 0.001)
            size = max(FEWEST, min(MOST, int(len(batch) * TURN * 0.75 / taken)))
            sender.owner = uuid.uuid4()
            batch = claim(sender.owner, size, channel=channel, lane=lane)
        else:
            return left
    return left + probe(channel)  # it may have stopped just now


class Stopped(Exception):
    """The channel pauses, after so many of the batch ``left``."""

    def __init__(self, left: int, until: datetime | None):
        super().__init__()
        self.left, self.until = left, until


# Each lane is a range of one index, read only as far as it is needed.
LANE = """
SELECT id FROM (
    SELECT id FROM campaigns_notification
    WHERE state = 'pending' AND channel = %(channel)s AND lane = {lane} AND due_at <= %(now)s
        AND (wave_id IS NULL OR wave_id <> ALL(%(spent)s::bigint[]))
    ORDER BY due_at LIMIT %(count)s FOR UPDATE SKIP LOCKED
) lane_{lane}
"""
ANY_LANE = """
SELECT id FROM campaigns_notification
WHERE state = 'pending' AND channel = %(channel)s AND due_at <= %(now)s
ORDER BY due_at LIMIT %(count)s FOR UPDATE SKIP LOCKED
"""
CLAIM = """
WITH picked AS MATERIALIZED ({rows})
UPDATE campaigns_notification n SET state = 'claimed', owner = %(owner)s, lease_until = %(until)s
FROM picked WHERE n.id = picked.id RETURNING n.id, n.lane, n.due_at
"""


def claim(
    owner: uuid.UUID, count: int, *, channel: str, lane: int = Lane.WAVE, stopped: bool = False
) -> list[Notification]:
    """Claim due rows of a running channel, lane by lane, as many as may leave now; or, of a
    ``stopped`` one, the longest waiting."""
    if not stopped and channels.stops().filter(channel=channel).exists():
        return []
    now = timezone.now()
    said: dict[str, Any] = {"owner": owner, "channel": channel, "spent": []}
    said |= {"now": now, "until": now + settling.LEASE}
    if stopped:
        return _claimed(ANY_LANE, said | {"count": count})
    with transaction.atomic():
        room = pacing.room(channel, now)
        said["spent"] = pacing.spent_waves(channel)
        if room is None or room >= count:
            return _claimed(_lanes(range(lane + 1)), said | {"count": count})
        batch = _claimed(_lanes([Lane.CODE]), said | {"count": count})
        if more := min(room - len(batch), count - len(batch)):
            batch += _claimed(_lanes(range(1, lane + 1)), said | {"count": max(more, 0)})
    return batch


def _lanes(numbers: Iterable[int]) -> str:
    return " UNION ALL ".join(LANE.format(lane=number) for number in numbers) + " LIMIT %(count)s"


def _claimed(rows: str, said: dict[str, Any]) -> list[Notification]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM.format(rows=rows), said)
        found = cursor.fetchall()
    by_lane = rows is not ANY_LANE
    found.sort(key=lambda row: (row[1] if by_lane else 0, row[2], row[0]))
    return _with_what_is_read([pk for pk, _lane, _due_at in found])


def _with_what_is_read(pks: Sequence[int]) -> list[Notification]:
    """The claimed messages in their order, with the rows that checks and texts read; a wave is
    fetched once for all its messages."""
    rows = Notification.objects.select_related(
        "donor", "user", "request", "hospital", "contact"
    ).in_bulk(pks)
    batch = [rows[pk] for pk in pks]
    keys = {n.wave_id for n in batch if n.wave_id}
    waves = Wave.objects.select_related("appeal__center", "session__center").in_bulk(keys)
    for notification in batch:
        if notification.wave_id:
            notification.wave = waves[notification.wave_id]
    return batch


def probe(channel: str) -> int:
    """Send one message by a stopped channel whose next try is due."""
    now = timezone.now()
    stop = channels.provider_stops().filter(channel=channel, next_probe_at__lte=now).first()
    return _probe(stop) if stop and channels.take_probe(stop, now=now) else 0


def _probe(stop: ChannelStop) -> int:
    owner = uuid.uuid4()
    batch = claim(owner, FEWEST, channel=stop.channel, stopped=True)
    free = _without_hindered(batch, owner)
    if not free:
        channels.give_probe_back(stop)
        return 0
    settling.give_back(free[1:], owner)
    with transport(stop.channel).open() as hand_over:
        sender = Sender(stop.channel, hand_over, 1, owner)
        try:
            left = _attempt(sender, free[:1], Texts())
        except Stopped:
            return 0
        sender.note()
    if left:
        channels.accepted(stop, now=timezone.now())
    return left


def _deliver(sender: Sender, batch: list[Notification], *, until: float) -> int:
    free = _without_hindered(batch, sender.owner)
    left, texts = 0, Texts()
    try:
        for first in range(0, len(free), sender.in_flight):
            if first and time.monotonic() > until:
                settling.give_back(free[first:], sender.owner)
                break
            few = free[first : first + sender.in_flight]
            try:
                left += _attempt(sender, few, texts, most=until - time.monotonic())
            except Stopped as stopped:
                settling.give_back(free[first + len(few) :], sender.owner, due_at=stopped.until)
                raise Stopped(left + stopped.left, stopped.until) from None
    finally:
        sender.note()
    return left


def _without_hindered(batch: list[Notification], owner: uuid.UUID) -> list[Notification]:
    """The messages that may be sent now; the others are settled or postponed."""
    hindered = hindrances(batch, timezone.now())
    for notification in batch:
        why = hindered.get(notification.pk)
        if isinstance(why, datetime):
            settling.settle(notification, owner, State.CLAIMED, state=State.PENDING, due_at=why)
        elif why is not None:
            settling.settle(notification, owner, State.CLAIMED, state=State.SKIPPED, error=why)
    return [n for n in batch if n.pk not in hindered]


def _attempt(
    sender: Sender, few: Sequence[Notification], texts: Texts, *, most: float = 3600.0
) -> int:
    """Mark these messages and hand them over, for ``most`` seconds at most; returns how many were
    accepted. Who calls notes what was ``accepted`` last."""
    mine, lease_until = settling.attempting(few, sender.owner, sender.accepted)
    turn = Turn(lease_until, most=max(most, 0.1))
    marked = {n.pk: n for n in few if n.pk in mine}
    messages = []
    for notification in marked.values():
        try:
            messages.append(texts.render(notification))
        except Exception as error:  # noqa: BLE001 - one poison row must not stop the others
            settling.failed(notification, sender.owner, error, 0)
    waiting = {message.notification_id for message in messages}
    left, outcomes = 0, sender.hand_over(messages, turn)
    try:
        for outcome in outcomes:
            if outcome is None:
                sender.note()
                continue
            key = outcome.message.notification_id
            if outcome.provider_id:
                sender.accepted[key] = outcome.provider_id
                waiting.discard(key)
                sender.away, left = 0, left + 1
            elif outcome.error is not None:
                sender.note()
                waiting.discard(key)
                sender.judge(outcome.error)
                settling.failed(marked[key], sender.owner, outcome.error, sender.away)
    except Pause as pause:
        settling.not_handed_over(waiting, sender.owner, due_at=pause.until)
        raise Stopped(left, pause.until) from pause
    finally:
        outcomes.close()
    if waiting:
        settling.not_handed_over(waiting, sender.owner)
    return left
