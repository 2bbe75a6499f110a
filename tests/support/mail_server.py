"""A mail server on loopback that fails as told, command by command, and offers pipelining."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy


class MailServer(socketserver.ThreadingTCPServer):
    """``faults``: for the n-th mail that is begun, the command that fails and its answer: "mail" and
    "rcpt" refuse before the text, "text" after it; "silent" keeps the mail and closes its side of the
    connection without an answer. ``always`` is the fault of every other mail."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self, faults: dict[int, tuple[str, str]]):
        super().__init__(("127.0.0.1", 0), Session)
        self.faults, self.begun = faults, 0
        self.always: tuple[str, str] = ("", "")
        self.mails: list[str] = []

    def counts(self) -> Counter:
        return Counter(self.mails)


class Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.fault = ("", "")
        self.say("220 stand-in")
        with contextlib.suppress(ConnectionError):
            while line := self.rfile.readline():
                word = line[:4].upper().decode()
                if not self.answered(word):
                    break
            self.connection.shutdown(socket.SHUT_WR)
            while self.rfile.readline():
                pass

    def say(self, text: str) -> bool:
        """False when the server closes after it."""
        self.wfile.write(f"{text}\r\n".encode())
        return not text.startswith(("421", "221"))

    def answered(self, word: str) -> bool:
        if word == "EHLO":
            return self.say("250-stand-in\r\n250-PIPELINING\r\n250 8BITMIME")
        if word == "MAIL":
            self.server.begun += 1
            self.fault = self.server.faults.get(self.server.begun, self.server.always)
        where, answer = self.fault
        if where == word.lower():
            return self.say(answer)
        if word == "DATA":
            if where in ("mail", "rcpt"):
                return self.say("503 5.5.1 no recipient")
            self.say("354 go on")
            return self.text()
        return self.say("221 bye" if word == "QUIT" else "250 ok")

    def text(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        where, answer = self.fault
        if where == "text":
            return self.say(answer)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.mails.append(mail["Message-ID"])
        return where != "silent" and self.say("250 taken")


@contextlib.contextmanager
def running(**faults: tuple[str, str]) -> Iterator[MailServer]:
    """``running(n3=("rcpt", "450 later"))``: the third mail fails so."""
    with MailServer({int(name[1:]): fault for name, fault in faults.items()}) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
