"""An SMS gateway over HTTP: one POST per message on a kept connection. Any 2xx means accepted,
whatever the body says."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings

from campaigns.messaging.catalogue import Message
from campaigns.messaging.sms_parts import sms_parts
from campaigns.models import ChannelStop

from . import NotTaken, Ours, RecipientRefused, Temporary, Unclear, one_by_one
from .gateways import GATEWAYS, Gateway, id_in
from .http_line import Line, Unsent

if TYPE_CHECKING:
    from . import HandOver

TIMEOUT_SECONDS = 15
IN_FLIGHT = 10
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


@contextmanager
def open() -> Iterator[HandOver]:  # noqa: A001 - the same word in every transport
    with contextlib.closing(Line(settings.SMS_GATEWAY_URL)) as line:
        yield one_by_one(partial(deliver, line=line))


def drops_repeats() -> bool:
    return GATEWAYS[settings.SMS_GATEWAY_KIND].drops_repeats


def in_flight() -> int:
    return IN_FLIGHT if drops_repeats() else 1


def deliver(message: Message, seconds: float = TIMEOUT_SECONDS, *, line: Line) -> str:
    gateway = GATEWAYS[settings.SMS_GATEWAY_KIND]
    if sms_parts(message.text) > settings.SMS_MOST_PARTS:
        raise RecipientRefused("too long")  # a gateway would cut it and still accept it
    data, headers = gateway.asked(message)
    try:
        status, said, text = line.post(data, headers, min(seconds, TIMEOUT_SECONDS))
    except Unsent as error:
        raise Temporary(str(error), away=True) from error
    except (OSError, http.client.HTTPException) as error:
        if not gateway.drops_repeats:
            raise Unclear(type(error).__name__) from error
        raise Temporary(type(error).__name__, away=True) from error
    except ValueError as error:
        raise Ours("no address", Reason.PLACE) from error
    if 200 <= status < 300:
        return id_in(text) or message.key
    raise _judged(gateway, status, text, said)


def _judged(gateway: Gateway, status: int, text: str, headers: http.client.HTTPMessage) -> NotTaken:
    code = f"http {status}"
    if status in PASSED_ON and not gateway.drops_repeats:
        return Unclear(code)
    if status >= 500 or status in WAITING:
        after = retry_after(headers.get("Retry-After"))
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


def retry_after(said: str | None) -> timedelta | None:
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
