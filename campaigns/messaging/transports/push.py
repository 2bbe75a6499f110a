"""Web push (RFC 8030): one POST per browser, a connection per service and batch.

A message of the same topic replaces the one that the browser has not shown yet, so that a repeat
does no harm. A donor's browser that is gone sends the message another way.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils import timezone

from campaigns.messaging import web_push
from campaigns.messaging.catalogue import Message
from campaigns.models import ChannelStop, Notification
from donors.contact import push_keys, subscriptions
from donors.models import PushSubscription

from . import Elsewhere, NotTaken, Ours, RecipientRefused, Temporary, one_by_one
from .http_line import Line, Unsent
from .sms import retry_after

if TYPE_CHECKING:
    from . import HandOver

    Answer = tuple[int, http.client.HTTPMessage, str]

TIMEOUT_SECONDS = 15
IN_FLIGHT = 10
GONE = (404, 410)
Reason = ChannelStop.Reason


class NotPublic(OSError):
    """The name of a push service leads to an address that is not on the internet."""


class Guarded(http.client.HTTPSConnection):
    """Says nothing, not even a greeting of TLS, to an address inside a network."""

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        address = self.sock.getpeername()[0].partition("%")[0]
        if not ipaddress.ip_address(address).is_global:
            self.close()
            raise NotPublic
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


class PublicLine(Line):
    secure = Guarded


class Services:
    """The kept connections, one for each push service."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    def post(self, endpoint: str, body: bytes, headers: dict[str, str], seconds: float) -> Answer:
        url = urlsplit(endpoint)
        origin = f"{url.scheme}://{url.netloc}"
        line = self._lines.setdefault(origin, PublicLine(origin))
        return line.post(body, headers, seconds, to=endpoint)

    def close(self) -> None:
        for line in self._lines.values():
            line.close()


@contextmanager
def open() -> Iterator[HandOver]:  # noqa: A001 - the same word in every transport
    with contextlib.closing(Services()) as services:
        yield one_by_one(partial(deliver, services=services))


def drops_repeats() -> bool:
    """The browser shows one message of a topic."""
    return True


def in_flight() -> int:
    return IN_FLIGHT


def deliver(message: Message, seconds: float = TIMEOUT_SECONDS, *, services: Services) -> str:
    """To the browser of the donor's contact, or to every browser of the officer."""
    taken, said = 0, list[NotTaken]()
    for subscription in _browsers(message):
        try:
            _to(subscription, message, services, min(seconds, TIMEOUT_SECONDS))
            taken += 1
        except NotTaken as error:
            said.append(error)
    if taken:
        return message.key
    for kind in (Ours, Temporary):  # those may still arrive; a browser that is gone never
        for one in said:
            if isinstance(one, kind):
                raise one
    raise Elsewhere(said[0].code if said else "no browser")


def _browsers(message: Message) -> list[PushSubscription]:
    of = Notification.objects.filter(pk=message.notification_id).first()
    if of is None:
        return []
    owner = Q(user=of.user_id) if of.user_id else Q(contact=of.contact_id)
    return list(PushSubscription.objects.filter(owner).select_related("contact").order_by("pk"))


def _to(
    subscription: PushSubscription, message: Message, services: Services, seconds: float
) -> None:
    screen = message.screen
    assert screen  # of every message on this channel
    if not push_keys.is_on() or subscription.made_for != push_keys.public_key():
        raise RecipientRefused("other key")
    if not subscriptions.is_allowed(subscription.endpoint):
        raise RecipientRefused("service not allowed")
    said = {"title": message.subject, "body": message.text, "url": screen.url, "tag": screen.topic}
    said |= {"lang": message.language, "dir": "rtl" if message.language == "ar" else "ltr"}
    try:
        body = web_push.sealed(json.dumps(said, ensure_ascii=False).encode(), subscription)
    except ValueError as error:
        raise RecipientRefused("too long") from error
    headers = {
        "Authorization": web_push.authorization(subscription.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(screen.lives_seconds),
        "Urgency": screen.urgency,
        "Topic": screen.topic,
    }
    try:
        status, answer, _text = services.post(subscription.endpoint, body, headers, seconds)
    except Unsent as error:
        if isinstance(error.__cause__, NotPublic):
            raise RecipientRefused("not public") from error
        raise Temporary(str(error), away=True) from error
    except (OSError, http.client.HTTPException) as error:
        raise Temporary(type(error).__name__, away=True) from error
    _judge(status, answer, subscription)


def _judge(status: int, answer: http.client.HTTPMessage, subscription: PushSubscription) -> None:
    code = f"http {status}"
    if status < 300:
        return
    if status in GONE:
        subscriptions.gone(subscription=subscription, now=timezone.now())
        raise RecipientRefused(code)
    if status >= 500 or status in (408, 425, 429):
        after = retry_after(answer.get("Retry-After"))
        raise Temporary(code, away=status >= 500 or status == 429, after=after)
    if status == 413:
        raise RecipientRefused(code)
    raise Ours(code, Reason.RIGHTS if status in (401, 403) else Reason.FORM)
