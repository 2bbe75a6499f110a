"""What Meta posts to us: statuses of messages, and what people write."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from .payloads import Text, json_object


@dataclass(frozen=True)
class Status:
    word: str
    code: str
    mark: str
    gateway_id: str


def is_signed(*, header: str, body: bytes) -> bool:
    """``sha256=…`` over the bytes as they came, with the secret of our app."""
    secret = settings.WHATSAPP_APP_SECRET.encode()
    expected = f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
    return bool(secret) and hmac.compare_digest(expected.encode(), header.encode())


def is_verified(*, mode: str, token: str) -> bool:
    ours = settings.WHATSAPP_VERIFY_TOKEN
    return bool(ours) and mode == "subscribe" and hmac.compare_digest(ours.encode(), token.encode())


def _dicts(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _values(body: bytes) -> Iterator[dict[str, object]]:
    """Those of our own number: one app may serve several."""
    for entry in _dicts(json_object(body).get("entry")):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            if not isinstance(value, dict):
                continue
            about = value.get("metadata")
            number = about.get("phone_number_id") if isinstance(about, dict) else None
            if number is not None and str(number) == settings.WHATSAPP_PHONE_ID:
                yield value


def statuses(body: bytes) -> Iterator[Status]:
    for value in _values(body):
        for one in _dicts(value.get("statuses")):
            errors = _dicts(one.get("errors"))
            yield Status(
                word=str(one.get("status") or ""),
                code=str(errors[0].get("code") or "") if errors else "",
                mark=str(one.get("biz_opaque_callback_data") or ""),
                gateway_id=str(one.get("id") or ""),
            )


def texts(body: bytes) -> Iterator[Text]:
    """Words and pressed buttons; a picture or a voice message has no words and is for nobody here."""
    for value in _values(body):
        for one in _dicts(value.get("messages")):
            said = one.get("text") or one.get("button") or {}
            words = said.get("body") or said.get("text") if isinstance(said, dict) else ""
            if words:
                yield Text(f"+{one.get('from')}", str(words), str(one.get("id") or ""))
