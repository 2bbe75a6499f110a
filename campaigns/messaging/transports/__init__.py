"""Transports with one interface: ``open()`` gives a sender whose ``deliver(message)`` returns the
provider's id, or raises an error that says whose fault the failure is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from django.conf import settings

from campaigns.models import ChannelStop
from donors.models import Contact

if TYPE_CHECKING:
    from campaigns.messaging.catalogue import Message

    Deliver = Callable[[Message], str]


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


class Ours(NotTaken):
    """The fault is ours (key, address, format): the next message would be refused in the same
    way."""

    def __init__(self, code: str, reason: ChannelStop.Reason):
        super().__init__(code)
        self.reason = reason


class Way(Protocol):
    """The interface of a module in this package.

    ``drops_repeats``: whether the provider notices a message that is handed over twice.
    """

    def open(self) -> AbstractContextManager[Deliver]: ...

    def drops_repeats(self) -> bool: ...


def transport(channel: str) -> Way:
    return cast("Way", import_module(settings.MESSAGE_TRANSPORTS[channel]))
