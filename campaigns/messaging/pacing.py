"""How many messages may leave by a channel now: the provider's pace, and what may be spent in a day and
for an operation. Codes are exempt, and counted in the pace."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Notification, Operation, Wave
from donors.clock.zones import MOROCCO
from donors.models import Channel

from .lanes import ADVISORY

State, Lane = Notification.State, Notification.Lane
UNITS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1)}


def room(channel: str, now: datetime) -> int | None:
    """How many more messages than codes may be claimed now; None without a limit.

    Must run in the transaction that claims them: until its end no other sender counts.
    """
    pace, budget = settings.PACE.get(channel), _budget(channel)
    if pace is None and budget is None:
        return None
    with connection.cursor() as cursor:
        key = 1000 + Channel.values.index(channel)
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ADVISORY, key])
    rooms = []
    if pace is not None:
        most, unit = pace
        rooms.append(most - _used(channel, now - UNITS[unit]))
    if budget is not None:
        rooms.append(budget - spent_today(channel, now))
    return max(min(rooms), 0)


def _used(channel: str, since: datetime, **of: object) -> int:
    """Messages handed over since then, and those in hand."""
    over = Q(state__in=[State.SENT, State.FAILED], settled_at__gt=since)
    in_hand = Q(state__in=[State.CLAIMED, State.ATTEMPTING])
    return Notification.objects.filter(over | in_hand, channel=channel, **of).count()


def _budget(channel: str) -> int | None:
    return settings.SMS_A_DAY if channel == Channel.SMS else None


def spent_today(channel: str, now: datetime) -> int:
    """All but codes, since midnight in Morocco."""
    midnight = timezone.localtime(now, MOROCCO).replace(hour=0, minute=0, second=0, microsecond=0)
    return _used(channel, midnight, lane__gt=Lane.CODE)


def spent_waves(channel: str) -> list[int]:
    """Keys of the waves of open operations whose budget is spent."""
    most = settings.SMS_AN_OPERATION if channel == Channel.SMS else None
    if most is None:
        return []
    over = [
        operation.pk
        for operation in Operation.objects.filter(closed_at=None)
        if _used(channel, operation.opened_at, wave__appeal__operation=operation) >= most
    ]
    return list(Wave.objects.filter(appeal__operation__in=over).values_list("pk", flat=True))


def reasons(channel: str, now: datetime) -> list[str]:
    """Why messages of this channel wait, though it runs."""
    said = []
    budget, pace = _budget(channel), settings.PACE.get(channel)
    if budget is not None and spent_today(channel, now) >= budget:
        said.append(_("The %(most)d messages of today are spent.") % {"most": budget})
    if pace is not None and pace[0] - _used(channel, now - UNITS[pace[1]]) <= 0:
        sentence = _("The provider takes %(most)d messages in this time: %(unit)s.")
        said.append(sentence % {"most": pace[0], "unit": pace[1]})
    if spent_waves(channel):
        said.append(_("The messages that an operation may cost are spent."))
    return said
