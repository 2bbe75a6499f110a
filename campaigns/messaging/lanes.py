"""How many senders work at once: so many for each channel, and one more for what cannot wait.

Surplus wake-up calls return at once, so that a slow gateway occupies no worker that others need. The
number protects workers and providers, not the messages: those are fenced by owner and lease.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from campaigns.models import Notification
from donors.models import Channel

ADVISORY = 0x6F757462  # class of these advisory locks: "outb"
Lane = Notification.Lane


@contextmanager
def slot(channel: str, lane: int) -> Iterator[bool]:
    """Whether this sender may work now. The database frees the slot of a killed one."""
    quick = lane < Lane.WAVE
    first = 100 * Channel.values.index(channel) + (50 if quick else 0)
    most = 1 if quick else settings.SENDERS
    taken = None
    for number in range(first, first + most):
        if _ask("SELECT pg_try_advisory_lock(%s, %s)", number):
            taken = number
            break
    try:
        yield taken is not None
    finally:
        if taken is not None:
            _ask("SELECT pg_advisory_unlock(%s, %s)", taken)


def _ask(sql: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [ADVISORY, number])
        return bool(cursor.fetchone()[0])
