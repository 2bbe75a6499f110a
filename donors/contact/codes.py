"""Six digits that prove an address: derived from a row's key, stored nowhere."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import timedelta

from django.conf import settings

LIVES = timedelta(minutes=30)
MOST_ATTEMPTS = 5
MOST_REQUESTS = 5  # to one address in an hour
# Codes asked for and never entered. A police station or a campus shares one address of the network,
# and its queue books at once.
MOST_FROM_ONE_SENDER = 60
WINDOW = timedelta(hours=1)


def code(purpose: str, key: object) -> str:
    digest = _keyed(f"{purpose}:{key}").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def same(typed: str, right: str) -> bool:
    """However it was copied, in Arabic digits too."""
    digits = "".join(str(unicodedata.digit(c)) for c in typed if c.isdigit())
    return hmac.compare_digest(digits, right)


def hashed_sender(sender: str) -> str:
    """What is kept of a network address; empty for none."""
    return _keyed(f"sender:{sender}").hexdigest()[:32] if sender else ""


def _keyed(text: str) -> hmac.HMAC:
    return hmac.new(settings.LINK_KEY.encode(), text.encode(), hashlib.sha256)
