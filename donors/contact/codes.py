"""Six-digit codes that prove an address: derived from a row's key, never stored."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import timedelta

from django.conf import settings

LIVES = timedelta(minutes=30)
MOST_ATTEMPTS = 5
MOST_REQUESTS = 5  # to one address in an hour
# Limit of codes asked for and never entered, per network address. A police station or a campus has
# one network address, and its whole queue books at once: a low limit would lock it out.
MOST_FROM_ONE_SENDER = 60
WINDOW = timedelta(hours=1)


def code(purpose: str, key: object) -> str:
    digest = _keyed(f"{purpose}:{key}").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def same(typed: str, right: str) -> bool:
    """Compare codes as people copy them, Arabic digits and spaces included."""
    digits = "".join(str(unicodedata.digit(c)) for c in typed if c.isdigit())
    return hmac.compare_digest(digits, right)


def hashed_sender(sender: str) -> str:
    """The keyed hash of a network address, the only form that is kept; empty for none."""
    return _keyed(f"sender:{sender}").hexdigest()[:32] if sender else ""


def _keyed(text: str) -> hmac.HMAC:
    return hmac.new(settings.LINK_KEY.encode(), text.encode(), hashlib.sha256)
