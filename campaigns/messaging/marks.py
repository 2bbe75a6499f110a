"""Signed marks by which a message is found again from what comes back about it.

A mark is short, names no person, survives a change to lower case (mail servers may make one in an
address), and is valid for one purpose only. Without the signature anybody could report any message
as undeliverable, and so have the addresses of donors called dead.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from django.conf import settings

REPORT, ENVELOPE, MESSAGE_ID = "report", "envelope", "message-id"
HEX = 20  # 80 bits
A_MARK = re.compile(rf"n?(\d{{1,18}})-([0-9a-f]{{{HEX}}})")


def of(pk: int, purpose: str) -> str:
    """As ``123-0f…``."""
    return f"{pk}-{_signature(pk, purpose)}"


def read(text: str, purpose: str) -> int | None:
    """The key of the message; None if the mark is not ours or of another purpose."""
    found = A_MARK.fullmatch(text.strip().lower())
    if found and hmac.compare_digest(_signature(int(found[1]), purpose), found[2]):
        return int(found[1])
    return None


def find(text: str, purpose: str) -> int | None:
    """The first valid mark within a longer text, as an address or a header."""
    for found in A_MARK.finditer(text.lower()):
        if pk := read(found[0], purpose):
            return pk
    return None


def _signature(pk: int, purpose: str) -> str:
    key, text = settings.LINK_KEY.encode(), f"mark.{purpose}.{pk}".encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:HEX]
