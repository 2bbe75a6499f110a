"""An SMS gateway over HTTP: one POST per message. Any 2xx means accepted, whatever the body
says."""

from __future__ import annotations

import contextlib
import email.message
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import IO

from django.conf import settings

from campaigns.messaging.catalogue import Message
from campaigns.messaging.sms_parts import sms_parts
from campaigns.models import ChannelStop

from . import NotTaken, Ours, RecipientRefused, Temporary, Unclear
from .gateways import GATEWAYS, Gateway, id_in

TIMEOUT_SECONDS = 15
READ = 4000  # bytes of an answer
LONGEST_WAIT = timedelta(hours=1)
WAITING = (408, 409, 425, 429)
PASSED_ON = (502, 504)  # a proxy lost the answer of the gateway behind it
Reason = ChannelStop.Reason
REASONS = {
    401: Reason.RIGHTS,
    402: Reason.CREDIT,
    403: Reason.RIGHTS,
    404: Reason.PLACE,
    405: Reason.PLACE,
    407: Reason.RIGHTS,
    410: Reason.PLACE,
}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A followed redirect turns POST into GET: its 200 would look like success, with nothing
    sent."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None


OPENER = urllib.request.build_opener(NoRedirect)


@contextmanager
def open() -> Iterator[Callable[[Message], str]]:  # noqa: A001 - the same word in every transport
    yield deliver


def drops_repeats() -> bool:
    return GATEWAYS[settings.SMS_GATEWAY_KIND].drops_repeats


def deliver(message: Message) -> str:
    gateway = GATEWAYS[settings.SMS_GATEWAY_KIND]
    if sms_parts(message.text) > settings.SMS_MOST_PARTS:
        raise RecipientRefused("too long")  # a gateway would cut it and still accept it
    data, headers = gateway.asked(message)
    try:
        request = urllib.request.Request(  # noqa: S310 - the operator's own setting
            settings.SMS_GATEWAY_URL, data=data, headers=headers, method="POST"
        )
        with OPENER.open(request, timeout=TIMEOUT_SECONDS) as response:
            return id_in(_text(response)) or message.key
    except urllib.error.HTTPError as error:
        raise _judged(gateway, error.code, _text(error), error.headers) from error
    except urllib.error.URLError as error:  # no connection, or it broke before all was sent
        raise Temporary(type(error).__name__, away=True) from error
    except (OSError, http.client.HTTPException) as error:
        if not gateway.drops_repeats:
            raise Unclear(type(error).__name__) from error
        raise Temporary(type(error).__name__, away=True) from error
    except ValueError as error:
        raise Ours("no address", Reason.PLACE) from error


def _text(response: IO[bytes]) -> str:
    """The part of the body that arrived: a break after the status line changes nothing."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        return response.read(READ).decode("utf-8", "replace")
    return ""


def _judged(gateway: Gateway, status: int, text: str, headers: email.message.Message) -> NotTaken:
    code = f"http {status}"
    if status in PASSED_ON and not gateway.drops_repeats:
        return Unclear(code)
    if status >= 500 or status in WAITING:
        after = _retry_after(headers.get("Retry-After"))
        return Temporary(code, away=status >= 500 or status == 429, after=after)
    word = gateway.word(text)
    if status not in (401, 402, 403, 407) and status >= 400:
        if word in gateway.dead:
            return RecipientRefused(word, gateway.dead[word])
        if word in gateway.own:
            return RecipientRefused(word)
        if word in gateway.doubtful:
            return RecipientRefused(code, doubtful=True)
    return Ours(code, REASONS.get(status, Reason.FORM if status >= 400 else Reason.PLACE))


def _retry_after(said: str | None) -> timedelta | None:
    """RFC 9110: seconds, or a date; never longer than an hour."""
    if not said:
        return None
    if said.strip().isdecimal():
        wait = timedelta(seconds=min(int(said), 86400))
    else:
        try:
            wait = parsedate_to_datetime(said).astimezone(UTC) - datetime.now(UTC)
        except ValueError:
            return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)
