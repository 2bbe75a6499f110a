"""Ways out, all of one shape: ``open()`` gives a sender whose ``deliver(message)`` returns the
provider's id, or raises whose fault it is that the message was not taken."""

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
    """``code`` is the provider's own, short and without anything of a person: 5.1.1, http 401."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Temporary(NotTaken):
    """Try again later: after ``after`` where the provider said when.

    ``away`` is a provider that answered nothing or takes nothing from anybody just now: however
    often that happens, it says nothing about the message.
    """

    def __init__(self, code: str, *, away: bool = False, after: timedelta | None = None):
        super().__init__(code)
        self.away, self.after = away, after


class RecipientRefused(NotTaken):
    """The provider speaks of the recipient. The address is dead for a ``reason``; without one this
    message alone has failed, and ``doubtful`` tells that the words may have meant the address."""

    def __init__(self, code: str, reason: Contact.Failure | None = None, *, doubtful: bool = False):
        super().__init__(code)
        self.reason, self.doubtful = reason, doubtful


class Ours(NotTaken):
    """Our key, our address, our form: the next message would be refused in the same way."""

    def __init__(self, code: str, reason: ChannelStop.Reason):
        super().__init__(code)
        self.reason = reason


class Way(Protocol):
    """What a module of this package has."""

    def open(self) -> AbstractContextManager[Deliver]: ...


def transport(channel: str) -> Way:
    return cast("Way", import_module(settings.MESSAGE_TRANSPORTS[channel]))
