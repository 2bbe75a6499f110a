"""The mailbox to which mails are returned, read by IMAP."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.conf import settings

from . import bounces

LARGEST = 2_000_000  # bytes of a mail
MOST = 500  # mails in one run
TIMEOUT_SECONDS = 30


def read(*, now: datetime) -> Iterator[str]:
    """Apply each unread mail and mark it as seen; what each was."""
    url = urlsplit(settings.BOUNCE_MAILBOX_URL)
    safe = url.scheme == "imaps"
    kind = imaplib.IMAP4_SSL if safe else imaplib.IMAP4
    port = url.port or (993 if safe else 143)
    with kind(url.hostname or "", port, timeout=TIMEOUT_SECONDS) as box:
        box.login(unquote(url.username or ""), unquote(url.password or ""))
        box.select(unquote(url.path.strip("/")) or "INBOX")
        _said, found = box.uid("SEARCH", "UNSEEN")
        for uid in found[0].split()[:MOST]:
            _said, parts = box.uid("FETCH", uid, "(BODY.PEEK[])")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
            yield bounces.read(raw[:LARGEST], now=now)
            box.uid("STORE", uid, "+FLAGS", r"(\Seen)")
