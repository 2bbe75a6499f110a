"""Who may report: a key of ours in the address, or a signature with one over time and body.

Two keys may live at once (``SMS_INBOUND_KEYS``), so that one is changed without losing a report.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings

TOLERANCE = timedelta(minutes=5)


def is_ours(key: str) -> bool:
    return _is_one_of(key, settings.SMS_INBOUND_KEYS)


def is_signed(*, header: str, body: bytes, now: datetime) -> bool:
    """``t=…,v1=…``: the HMAC-SHA256 of ``<t>.<body>`` in hex, at most five minutes old or ahead."""
    parts = dict(part.strip().partition("=")[::2] for part in header.split(",") if "=" in part)
    at, signature = parts.get("t", ""), parts.get("v1", "")
    if not (at.isascii() and at.isdecimal() and len(at) < 12 and signature.isascii()):
        return False
    if abs(now.timestamp() - int(at)) > TOLERANCE.total_seconds():
        return False
    signed = f"{at}.".encode() + body
    expected = [
        hmac.new(live.encode(), signed, hashlib.sha256).hexdigest()
        for live in settings.SMS_INBOUND_KEYS
    ]
    return _is_one_of(signature, expected)


def _is_one_of(given: str, valid: Iterable[str]) -> bool:
    """Compares with all of them, each in constant time."""
    found = False
    for one in valid:
        found |= hmac.compare_digest(one.encode(), given.encode())
    return found
