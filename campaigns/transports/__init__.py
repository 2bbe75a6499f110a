"""Ways out, all of one shape: ``open()`` gives a sender whose ``deliver(message)`` returns the
provider's id, raising ``Temporary`` (try again later) or ``Permanent`` (the address is dead)."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings


class Temporary(Exception):
    pass


class Permanent(Exception):
    pass


def transport(channel: str):
    return import_module(settings.MESSAGE_TRANSPORTS[channel])
