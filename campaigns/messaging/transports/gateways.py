"""Requests to each kind of SMS gateway, and which of its codes concern the number.

Every other 4xx of a gateway concerns us: our key, our address, our format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings

from campaigns.messaging.catalogue import SEVEN_BITS, Message
from donors.models import Contact

Failure = Contact.Failure


@dataclass(frozen=True)
class Gateway:
    """``dead``: codes for a wrong number. ``doubtful``: codes that may have meant it."""

    asked: Callable[[Message], tuple[bytes, dict[str, str]]]
    word: Callable[[str], str]
    dead: dict[str, Failure] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()


def _json(message: Message) -> tuple[bytes, dict[str, str]]:
    return json.dumps({"to": message.address, "text": message.text}).encode(), {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}",
        "Idempotency-Key": message.key,
    }


def parsed(text: str) -> dict[str, object]:
    """The JSON object of an answer; an empty one if it is anything else."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _json_word(text: str) -> str:
    """``{"error": "invalid_number"}``, ``{"error": {"code": …}}`` or ``{"code": …}``."""
    said = parsed(text)
    error = said.get("error") or said.get("code")
    if isinstance(error, dict):
        error = error.get("code")
    return str(error).strip().lower() if error else ""


def _kannel(message: Message) -> tuple[bytes, dict[str, str]]:
    """Number, text and password are in headers and body, because addresses are logged on the way.

    Without the charset in the content type Kannel reads the body as Latin-1.
    """
    user, _colon, password = settings.SMS_GATEWAY_TOKEN.partition(":")
    seven_bits = all(letter in SEVEN_BITS for letter in message.text)
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-Kannel-Username": user,
        "X-Kannel-Password": password,
        "X-Kannel-To": message.address,
        "X-Kannel-Coding": "0" if seven_bits else "2",
        "X-Kannel-Charset": "UTF-8",
    }
    if settings.SMS_GATEWAY_SENDER:
        headers["X-Kannel-From"] = settings.SMS_GATEWAY_SENDER
    return message.text.encode(), headers


GATEWAYS = {
    "json": Gateway(
        _json,
        _json_word,
        dead={
            "invalid_number": Failure.UNKNOWN,
            "invalid_recipient": Failure.UNKNOWN,
            "unknown_number": Failure.UNKNOWN,
            "unknown_subscriber": Failure.UNKNOWN,
            "not_a_mobile": Failure.UNKNOWN,
            "number_closed": Failure.CLOSED,
        },
    ),
    "kannel": Gateway(
        _kannel,
        lambda text: text.strip().lower(),
        # Kannel says this of invalid numbers, and of valid ones on an operator's black-list.
        doubtful=frozenset({"number(s) has/have been denied by white- and/or black-lists."}),
    ),
}

AN_ID = re.compile(r"\b(?:message[_-]?)?id\s*[:=]\s*\"?([\w.-]{1,80})", re.IGNORECASE)
A_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)


def id_in(text: str) -> str:
    """The id that the gateway gave the message, in JSON or in a line of text; "" if none."""
    said = parsed(text)
    for name in ("id", "message_id", "messageId"):
        if said.get(name):
            return str(said[name])[:120]
    if found := AN_ID.search(text):
        return found[1]
    found = A_UUID.search(text)
    return found[0] if found else ""
