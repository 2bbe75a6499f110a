"""Channels stopped because a provider refuses us: messages are kept and no address is marked.

One message is tried at once and then after a minute, doubling to ten; when it is accepted the stop
ends by itself. A person may ask for a try now, or end the stop.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from campaigns.models import ChannelStop, Notification
from donors.errors import Refused
from donors.models import User

from . import contact_releases

log = logging.getLogger(__name__)
Refusal = Notification.Refusal
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=10)
# If more of the last hand-overs than this were refused for their addresses, the fault is ours.
WINDOW, MOST_REFUSED = 40, 20
LATELY = timedelta(days=1)
# Recipients refused under suspicion come after all others.
SUSPECTS_WAIT = timedelta(hours=3)
ALONE = 2  # after so many stops that others ended, the message itself fails


def stops() -> QuerySet[ChannelStop]:
    return ChannelStop.objects.filter(ended_at=None)


def provider_stops() -> QuerySet[ChannelStop]:
    """Those that a provider caused, and an accepted message ends."""
    return stops().exclude(reason=ChannelStop.Reason.PAUSED)


def past_stops() -> QuerySet[ChannelStop]:
    return ChannelStop.objects.filter(ended_at__isnull=False).select_related("ended_by")


def with_waiting(rows: QuerySet[ChannelStop]) -> QuerySet[ChannelStop]:
    """Annotates each stop with ``waiting``: the number of messages kept for its channel."""
    pending = Notification.objects.filter(
        channel=OuterRef("channel"), state=Notification.State.PENDING
    )
    counted = pending.order_by().values("channel").annotate(count=Count("pk")).values("count")
    return rows.annotate(waiting=Coalesce(Subquery(counted), 0))


def is_suspect(channel: str) -> bool:
    return stops().filter(channel=channel, reason=ChannelStop.Reason.SUSPECT).exists()


def stop(*, opener: Notification, reason: str, code: str, now: datetime) -> None:
    _row, opened = ChannelStop.objects.get_or_create(
        channel=opener.channel,
        ended_at=None,
        defaults={
            "reason": reason,
            "code": code[:40],
            "since": now,
            "opener": opener,
            "next_probe_at": now,
        },
    )
    if opened:
        log.error("channel %s stopped: %s, %s", opener.channel, reason, code)


def refused_alone(notification: Notification) -> bool:
    """Whether other messages were accepted each time after this one had stopped its channel."""
    ended = ChannelStop.objects.filter(opener=notification, ended_by=None, ended_at__isnull=False)
    return ended.count() >= ALONE


def take_probe(stop: ChannelStop, *, now: datetime) -> bool:
    """Whether this sender makes the try; postpones the next one first."""
    wait = min(FIRST_WAIT * 2 ** min(stop.probes, 10), LONGEST_WAIT)
    mine = stops().filter(pk=stop.pk, probes=stop.probes, next_probe_at__lte=now)
    return bool(mine.update(probes=F("probes") + 1, next_probe_at=now + wait))


def give_probe_back(stop: ChannelStop) -> None:
    """There was no message to try: the next one becomes the probe."""
    mine = stops().filter(pk=stop.pk, probes=stop.probes + 1)
    mine.update(probes=stop.probes, next_probe_at=stop.next_probe_at)


def accepted(stop: ChannelStop, *, now: datetime) -> None:
    if stops().filter(pk=stop.pk).update(ended_at=now):
        log.warning("channel %s runs again", stop.channel)


@transaction.atomic
def suspect(*, refused: Notification, now: datetime) -> bool:
    """Stop the channel when most of the last addresses were refused: clear the marks, keep the
    messages.

    Not within a day after a person ended such a stop: then the addresses are really wrong.
    """
    past = ChannelStop.objects.filter(channel=refused.channel, ended_at__gt=now - LATELY)
    if past.filter(reason=ChannelStop.Reason.SUSPECT, ended_by__isnull=False).exists():
        return False
    since = past.order_by("-ended_at").values_list("ended_at", flat=True).first() or now - LATELY
    settled = Notification.objects.filter(
        channel=refused.channel, state__in=["sent", "failed"], settled_at__gt=since
    )
    last = settled.order_by("-settled_at").values_list("pk", "refusal")[:WINDOW]
    wrong = [pk for pk, refusal in last if refusal in (Refusal.RECIPIENT, Refusal.DOUBTFUL)]
    if len(wrong) <= MOST_REFUSED:
        return False
    stop(opener=refused, reason=ChannelStop.Reason.SUSPECT, code=refused.code, now=now)
    contact_releases.take_back_refused(wrong, since=since, due_at=now + SUSPECTS_WAIT)
    return True


@transaction.atomic
def try_now(*, channel: str, by: User, now: datetime) -> None:
    """Make the next message the probe, within seconds."""
    mine = provider_stops().filter(channel=channel)
    if not mine.update(next_probe_at=now, asked_at=now, asked_by=by):
        raise Refused(_("This channel is not stopped; messages leave."))
    _put_back_is_due(channel, now)


@transaction.atomic
def pause(*, channel: str, by: User, now: datetime) -> None:
    """A person stops a channel; everything waits until a person lets it leave."""
    _row, paused = ChannelStop.objects.get_or_create(
        channel=channel,
        ended_at=None,
        defaults={
            "reason": ChannelStop.Reason.PAUSED,
            "since": now,
            "next_probe_at": now,
            "asked_at": now,
            "asked_by": by,
        },
    )
    if not paused:
        raise Refused(_("This channel is stopped already."))
    log.warning("channel %s paused by a person", channel)


@transaction.atomic
def let_leave(*, channel: str, by: User, now: datetime) -> None:
    """A person ends the stop: the provider has agreed, or the addresses are really wrong."""
    if not stops().filter(channel=channel).update(ended_at=now, ended_by=by):
        raise Refused(_("This channel is not stopped; messages leave."))
    _put_back_is_due(channel, now)


def _put_back_is_due(channel: str, now: datetime) -> None:
    kept = Notification.objects.filter(channel=channel, state=Notification.State.PENDING)
    kept.filter(refusal__in=[Refusal.OURS, Refusal.RECIPIENT], due_at__gt=now).update(due_at=now)
