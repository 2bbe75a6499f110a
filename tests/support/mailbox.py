"""A real SMTP server on loopback that keeps accepted mails, and can be set to refuse or to wait."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Mailbox:
    """``refusals`` answer the next receivers; ``hold(n)`` keeps the n-th mail's sender waiting."""

    def __init__(self, *refusals: str):
        self.refusals, self.mails, self.port = list(refusals), [], 0
        self.reached, self.released = threading.Event(), threading.Event()
        self._hold_at, self._keep = 0, True

    def hold(self, number: int, *, keep: bool) -> None:
        """The sender of this mail gets no answer; the mail is stored first, or never accepted."""
        self._hold_at, self._keep = number, keep
        self.reached.clear()
        self.released.clear()

    def counts(self) -> Counter:
        return Counter(mail["Message-ID"] for mail in self.mails)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.refusals.pop(0) if self.refusals else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        held = self._hold_at == len(self.mails) + 1 and not self.reached.is_set()
        if self._keep or not held:
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if held:
            self.reached.set()
            while not self.released.is_set():
                await asyncio.sleep(0.02)
            if not self._keep:
                return "451 never taken"
        return "250 OK"


@contextmanager
def running(*refusals: str):
    mailbox = Mailbox(*refusals)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        mailbox.port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        mailbox.released.set()
        controller.stop()
