"""One SMTP connection for many mails. Where the server offers it, the commands of the next mail go
out together with the text of the one before (RFC 2920).

Connecting, TLS and signing in are Django's; then the replies are read here, because smtplib waits
for each.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.core.mail import get_connection

from . import Turn

if TYPE_CHECKING:
    from django.core.mail.backends.smtp import EmailBackend

TIMEOUT_SECONDS = 15.0  # for a reply
PATIENCE = 0.25  # seconds of silence after which what was accepted is worth writing down
LONGEST_REPLY = 65_536  # bytes
REPLY_END = re.compile(rb"(?m)^(\d{3})(?: [^\n]*)?\r?\n")

Reply = tuple[int, bytes]
Replied = Generator[None, None, Reply]


@dataclass(frozen=True)
class Mail:
    sender: str
    recipient: str
    data: bytes

    def commands(self, *, eight_bit: bool) -> list[bytes]:
        body = " BODY=8BITMIME" if eight_bit and not self.data.isascii() else ""
        lines = (f"MAIL FROM:<{self.sender}>{body}", f"RCPT TO:<{self.recipient}>", "DATA")
        return [f"{line}\r\n".encode("ascii") for line in lines]

    def stuffed(self) -> bytes:
        """The data with each dot that begins a line doubled (RFC 5321, 4.5.2)."""
        return (b"." if self.data[:1] == b"." else b"") + self.data.replace(b"\n.", b"\n..")


class SmtpLine:
    """``handed_over``: the text of the current mail has gone out, so that the server may have
    accepted it. ``used``: this connection has taken a mail before."""

    def __init__(self) -> None:
        self._backend = cast("EmailBackend", get_connection())
        self._read = bytearray()
        self._ahead = self.eight_bit = self.pipelining = False
        self.handed_over = self.used = False

    def ready(self) -> None:
        """Open the connection if it is not."""
        if self._backend.connection is not None:
            return
        self._read.clear()
        self._ahead = self.used = False
        try:
            self._backend.open()
            smtp = self._smtp
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            self.close()
            raise
        self.eight_bit = smtp.has_extn("8bitmime")
        self.pipelining = smtp.has_extn("pipelining")

    @property
    def _smtp(self) -> smtplib.SMTP:
        return cast("smtplib.SMTP", self._backend.connection)

    @property
    def _sock(self) -> socket.socket:
        return cast("socket.socket", self._smtp.sock)

    def close(self) -> None:
        """Also in the middle of a mail, which the server then forgets."""
        if self._backend.connection is not None:
            self._smtp.close()
            self._backend.connection = None

    def quit(self) -> None:
        if self._backend.connection is not None:
            with contextlib.suppress(OSError):
                self._send(b"QUIT\r\n", 1)
            self.close()

    def forget_ahead(self) -> None:
        """Nothing is sent after the commands that went ahead: only a new connection is clean."""
        if self._ahead:
            self.close()

    def send(self, mail: Mail, following: Mail | None, turn: Turn) -> Generator[None, None, None]:
        """Hand over one mail. Yields while the server is silent; raises what smtplib would."""
        self.handed_over = False
        replies = yield from self._begin(mail, turn)
        refusal = _refusal(mail, replies)
        if refusal is not None:
            yield from self._abandon(replies, turn)
            raise refusal
        parts = [mail.stuffed(), b".\r\n"]
        if following and self.pipelining:
            parts += following.commands(eight_bit=self.eight_bit)
        self.handed_over = True
        self._send(b"".join(parts), turn.left)
        self._ahead = len(parts) > 2
        code, text = yield from self._reply(turn)
        if code != 250:
            raise smtplib.SMTPDataError(code, text)
        self.used = True

    def _begin(self, mail: Mail, turn: Turn) -> Generator[None, None, list[Reply]]:
        """The replies to MAIL, RCPT and DATA; without pipelining up to the first refusal."""
        replies: list[Reply] = []
        commands = mail.commands(eight_bit=self.eight_bit)
        if self.pipelining and not self._ahead:
            self._send(b"".join(commands), turn.left)
        for command in commands:
            if not self.pipelining:
                self._send(command, turn.left)
            replies.append((yield from self._reply(turn)))
            if not self.pipelining and not 200 <= replies[-1][0] < 400:
                break
        self._ahead = False
        return replies

    def _abandon(self, replies: list[Reply], turn: Turn) -> Generator[None, None, None]:
        if any(code == 421 for code, _text in replies):
            self.close()
            return
        if replies[-1][0] == 354:  # it waits for a text, though it refused the recipient
            self._send(b".\r\n", turn.left)
            yield from self._reply(turn)
        self._send(b"RSET\r\n", turn.left)
        yield from self._reply(turn)

    def _send(self, data: bytes, seconds: float) -> None:
        sock = self._sock
        sock.settimeout(max(min(TIMEOUT_SECONDS, seconds), 0.01))
        sock.sendall(data)

    def _reply(self, turn: Turn) -> Replied:
        ends, sock = 0.0, self._sock
        while not (end := REPLY_END.search(self._read)):
            ends = ends or time.monotonic() + min(TIMEOUT_SECONDS, turn.left)
            wait = ends - time.monotonic()
            if wait <= 0:
                raise TimeoutError("no reply")
            sock.settimeout(min(wait, PATIENCE))
            try:
                received = sock.recv(LONGEST_REPLY)
            except TimeoutError:
                yield
                continue
            if not received or len(self._read) > LONGEST_REPLY:
                raise smtplib.SMTPServerDisconnected("no reply")
            self._read += received
        code, lines = int(end[1]), bytes(self._read[: end.end()]).splitlines()
        del self._read[: end.end()]
        return code, b"\n".join(line[4:] for line in lines)


def _refusal(mail: Mail, replies: list[Reply]) -> smtplib.SMTPException | None:
    sender, *more = replies
    if sender[0] != 250:
        return smtplib.SMTPSenderRefused(*sender, "")
    recipient, *more = more
    if recipient[0] not in (250, 251):
        return smtplib.SMTPRecipientsRefused({mail.recipient: recipient})
    return None if more[0][0] == 354 else smtplib.SMTPDataError(*more[0])
