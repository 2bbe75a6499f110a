"""Transports with one interface: ``open()`` gives a function that hands over a few messages in turn
and yields an ``Outcome`` for each, whose error says whose fault a failure is."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from django.conf import settings
from django.utils import timezone

from campaigns.models import ChannelStop
from donors.models import Contact

if TYPE_CHECKING:
    from campaigns.messaging.catalogue import Message

    # None: the provider has not answered for a while; what it accepted before can be written down.
    HandOver = Callable[[Sequence[Message], "Turn"], Generator["Outcome | None", None, None]]


class NotTaken(Exception):
    """``code`` is the provider's own, short and without personal data: 5.1.1, http 401."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Temporary(NotTaken):
    """Try again later: after ``after`` if the provider named a time.

    ``away``: the provider did not answer or accepts nothing from anybody now; that says nothing
    about the message, however often it happens.
    """

    def __init__(self, code: str, *, away: bool = False, after: timedelta | None = None):
        super().__init__(code)
        self.away, self.after = away, after


class RecipientRefused(NotTaken):
    """The provider refused the recipient. With a ``reason`` the address is dead; without one only
    this message has failed, and ``doubtful`` says that the code may have meant the address."""

    def __init__(self, code: str, reason: Contact.Failure | None = None, *, doubtful: bool = False):
        super().__init__(code)
        self.reason, self.doubtful = reason, doubtful


class Unclear(NotTaken):
    """The answer was lost after the message was handed over, and the provider would not notice a
    second copy: its report has to be awaited (``messaging.unclear``)."""


class Elsewhere(NotTaken):
    """This way to the person is closed, which says nothing about their other addresses: the message
    goes by the next of them (``messaging.other_ways``)."""


class Ours(NotTaken):
    """The fault is ours (key, address, format): the next message would be refused in the same
    way."""

    def __init__(self, code: str, reason: ChannelStop.Reason):
        super().__init__(code)
        self.reason = reason


@dataclass(frozen=True)
class Outcome:
    """``provider_id`` of an accepted message, or the ``error``. One with neither was not handed
    over."""

    message: Message
    provider_id: str = ""
    error: Exception | None = None


class Turn:
    """How long a few marked messages may be handed over.

    ``over`` says whether the next must wait: the lease is ending, or it is ``most`` seconds since
    the start, and what has a better claim comes first. The lease is watched by two clocks: the wall's
    may be set back, the other stands while the machine sleeps.
    """

    def __init__(self, lease_until: datetime, *, most: float = 3600.0):
        self._until = lease_until
        self._ends = time.monotonic() + (lease_until - timezone.now()).total_seconds()
        self._enough = time.monotonic() + most

    @property
    def left(self) -> float:
        """Seconds until the lease ends."""
        by_wall = (self._until - timezone.now()).total_seconds()
        return min(by_wall, self._ends - time.monotonic())

    @property
    def over(self) -> bool:
        return time.monotonic() >= self._enough or self.left < SHORTEST


SHORTEST = 1.0  # seconds of lease below which nothing is handed over


def one_by_one(deliver: Callable[[Message, float], str]) -> HandOver:
    """``deliver`` hands over one message within so many seconds and returns the provider's id."""

    def hand_over(messages: Sequence[Message], turn: Turn) -> Generator[Outcome | None, None, None]:
        for message in messages:
            if turn.over:
                yield Outcome(message)
                continue
            try:
                accepted = Outcome(message, deliver(message, turn.left))
            except Exception as error:  # noqa: BLE001 - sorted by who sends
                yield Outcome(message, error=error)
            else:
                yield accepted

    return hand_over


class Way(Protocol):
    """The interface of a module in this package. ``in_flight``: how many messages are handed over
    between two notes of what became of them; so many may go a second time if the sender is killed.
    ``drops_repeats``: whether the provider notices a message that is handed over twice.
    """

    def open(self) -> AbstractContextManager[HandOver]: ...

    def in_flight(self) -> int: ...

    def drops_repeats(self) -> bool: ...


def transport(channel: str) -> Way:
    return cast("Way", import_module(settings.MESSAGE_TRANSPORTS[channel]))
