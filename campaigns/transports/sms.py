"""An SMS gateway over HTTP: one POST a message, its key making a second POST harmless."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from contextlib import contextmanager

from django.conf import settings

from campaigns.messages import Message

from . import Permanent, Temporary

TIMEOUT_SECONDS = 15


@contextmanager
def open():  # noqa: A001 - the same word in every transport
    yield deliver


def deliver(message: Message) -> str:
    request = urllib.request.Request(  # noqa: S310 - the address is the operator's own setting
        settings.SMS_GATEWAY_URL,
        data=json.dumps({"to": message.address, "text": message.text}).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}",
            "Idempotency-Key": message.key,
        },
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            return str(json.loads(response.read() or b"{}").get("id", message.key))
    except urllib.error.HTTPError as error:
        permanent = 400 <= error.code < 500 and error.code not in (408, 409, 429)
        raise (Permanent if permanent else Temporary)(f"gateway said {error.code}") from error
    except (OSError, ValueError) as error:
        raise Temporary(type(error).__name__) from error
