"""Requests to each kind of SMS gateway, and which of its codes concern the number.

Every other 4xx of a gateway concerns us: our key, our address, our format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.urls import reverse

from campaigns.messaging import marks
from campaigns.messaging.catalogue import Message
from campaigns.messaging.sms_letters import is_seven_bit
from donors.models import Contact

Failure = Contact.Failure


@dataclass(frozen=True)
class Gateway:
    """``dead``: codes for a wrong number. ``doubtful``: codes that may have meant it. ``own``: codes
    that concern this message alone. ``drops_repeats``: it knows a message that is sent again by its
    key; where it does not, a lost answer waits for the report (``messaging.unclear``)."""

    asked: Callable[[Message], tuple[bytes, dict[str, str]]]
    word: Callable[[str], str]
    dead: dict[str, Failure] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    drops_repeats: bool = True


def number_of(message: Message) -> str:
    return re.sub(r"[\s.()-]", "", message.address)


def report_url(message: Message, *, query: str = "") -> str:
    """Where the gateway reports; the mark in it is the permission, and names nobody."""
    mark = marks.of(message.notification_id, marks.REPORT)
    return f"{settings.SITE_URL}{reverse('sms-report', args=[mark])}{query}"


def _values(message: Message) -> dict[str, str]:
    """What ``SMS_GATEWAY_FIELDS`` may name."""
    return {
        "to": number_of(message),
        "text": message.text,
        "from": settings.SMS_GATEWAY_SENDER,
        "key": message.key,
        "report": report_url(message),
        "token": settings.SMS_GATEWAY_TOKEN,
    }


def _fields(message: Message) -> dict[str, str]:
    """The fields of a form or JSON gateway under its own names: ``to=msisdn&text=body``, then what
    ``SMS_GATEWAY_EXTRA`` adds to every message."""
    values = _values(message)
    names = dict(parse_qsl(settings.SMS_GATEWAY_FIELDS))
    named = {theirs: values[ours] for ours, theirs in names.items() if values[ours]}
    return named | dict(parse_qsl(settings.SMS_GATEWAY_EXTRA))


def _signed_in(message: Message, kind: str) -> dict[str, str]:
    headers = {"Content-Type": kind, "Idempotency-Key": message.key}
    if "token" not in dict(parse_qsl(settings.SMS_GATEWAY_FIELDS)):
        headers["Authorization"] = f"Bearer {settings.SMS_GATEWAY_TOKEN}"
    return headers


def _json(message: Message) -> tuple[bytes, dict[str, str]]:
    return json.dumps(_fields(message)).encode(), _signed_in(message, "application/json")


def _form(message: Message) -> tuple[bytes, dict[str, str]]:
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    return urlencode(_fields(message)).encode(), _signed_in(message, kind)


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


def _form_word(text: str) -> str:
    return _json_word(text) or text.strip().lower()


def _kannel(message: Message) -> tuple[bytes, dict[str, str]]:
    """Number, text and password are in headers and body, because addresses are logged on the way.

    Without the charset in the content type Kannel reads the body as Latin-1. The report says its
    type only: ``%A``, the operator's words, may hold the text of the message.
    """
    user, _colon, password = settings.SMS_GATEWAY_TOKEN.partition(":")
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-Kannel-Username": user,
        "X-Kannel-Password": password,
        "X-Kannel-To": number_of(message),
        "X-Kannel-Coding": "0" if is_seven_bit(message.text) else "2",
        "X-Kannel-Charset": "UTF-8",
        "X-Kannel-DLR-Mask": "31",
        "X-Kannel-DLR-Url": report_url(message, query="?type=%d"),
    }
    if settings.SMS_GATEWAY_SENDER:
        headers["X-Kannel-From"] = settings.SMS_GATEWAY_SENDER
    return message.text.encode(), headers


def _envoisms(message: Message) -> tuple[bytes, dict[str, str]]:
    """As the kit ``envoisms`` 1.2.0 sends it. ``metadata`` finds the message from its report."""
    body = {
        "to": number_of(message),
        "message": message.text,
        "channel": "sms",
        "cascade": False,
        "metadata": {"key": marks.of(message.notification_id, marks.REPORT)},
    }
    if settings.SMS_GATEWAY_SENDER:
        body["from"] = settings.SMS_GATEWAY_SENDER
    return json.dumps(body).encode(), {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}",
        "Idempotency-Key": message.key,
    }


DEAD_WORDS = {
    "invalid_number": Failure.UNKNOWN,
    "invalid_recipient": Failure.UNKNOWN,
    "unknown_number": Failure.UNKNOWN,
    "unknown_subscriber": Failure.UNKNOWN,
    "not_a_mobile": Failure.UNKNOWN,
    "number_closed": Failure.CLOSED,
}
# The gateway's own list of those who said STOP: the number works, this message is not wanted.
STOPPED_WORDS = frozenset({"opted_out", "recipient_opted_out", "optout", "stop_list"})

GATEWAYS = {
    "json": Gateway(_json, _json_word, dead=DEAD_WORDS, own=STOPPED_WORDS),
    "form": Gateway(_form, _form_word, dead=DEAD_WORDS, own=STOPPED_WORDS, drops_repeats=False),
    "envoisms": Gateway(_envoisms, _json_word, dead=DEAD_WORDS, own=STOPPED_WORDS),
    "kannel": Gateway(
        _kannel,
        lambda text: text.strip().lower(),
        # Kannel says this of invalid numbers, and of valid ones on an operator's black-list.
        doubtful=frozenset({"number(s) has/have been denied by white- and/or black-lists."}),
        drops_repeats=False,
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
