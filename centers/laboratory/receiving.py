"""What analysers send by themselves: HL7 v2 in MLLP, and ASTM E1381 / LIS01-A2.

An acknowledgement means that the message is kept. The links have no password of their own: listen on
the laboratory's network only.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import socketserver
import threading
import uuid
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections
from django.utils import timezone, translation

from donors.errors import Refused

from . import analysers
from .machine_messages import EOT, ETB, ETX, FS, MOST_BYTES, SENTENCES, STX, VT

ACK, NAK, ENQ, CR, LF = b"\x06", b"\x15", b"\x05", b"\r", b"\n"
SILENCE = 60  # seconds without a byte before a link is closed; analysers open it again
MOST_LINKS = 20
FRAME = 64_000  # characters, LIS01-A2 6.3.1.2

log = logging.getLogger(__name__)


class _Closed(Exception):
    """The other side has gone, is silent, or sends more than a message may hold."""


class _Link:
    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.buffer = b""

    def until(self, end: bytes, most: int) -> bytes:
        """What comes before these bytes, which are taken too."""
        while end not in self.buffer:
            if len(self.buffer) > most:
                raise _Closed
            self._more()
        said, _end, self.buffer = self.buffer.partition(end)
        return said

    def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._more()
        said, self.buffer = self.buffer[:count], self.buffer[count:]
        return said

    def _more(self) -> None:
        try:
            more = self.connection.recv(65536)
        except OSError as error:  # also silence
            raise _Closed from error
        if not more:
            raise _Closed
        self.buffer += more

    def say(self, answer: bytes) -> None:
        try:
            self.connection.sendall(answer)
        except OSError as error:
            raise _Closed from error


def speak_mllp(connection: socket.socket) -> None:
    """Messages between VT and FS CR, each answered by an ACK of the original mode: AA kept, AE not
    understood, AR of another kind or not now."""
    link = _Link(connection)
    with contextlib.suppress(_Closed):
        while True:
            link.until(VT, MOST_BYTES)
            content = link.until(FS + CR, MOST_BYTES + 1)
            link.say(VT + _answer(content, *_kept(content)) + FS + CR)


def _kept(content: bytes) -> tuple[str, str]:
    """Acknowledgement code and what is wrong, in English as other words of HL7."""
    with translation.override("en"):
        try:
            analysers.receive(content=content, now=timezone.now())
        except Refused as refused:
            log.info("A message of an analyser was refused.")
            foreign = str(refused) == SENTENCES["kind"]
            return ("AR" if foreign else "AE"), str(refused)
        except DatabaseError:
            log.exception("A message of an analyser could not be kept.")
            return "AR", "It could not be kept. Send it again."
    return "AA", ""


def _answer(content: bytes, code: str, wrong: str) -> bytes:
    header = content.lstrip(b"\r\n").split(b"\r")[0].split(b"\n")[0][:2000]
    between = header[3:4] if header.startswith(b"MSH") else b"|"
    fields = [field[:199] for field in header.split(between)] if header.startswith(b"MSH") else []
    sender, place, control = (fields[n] if n < len(fields) else b"" for n in (2, 3, 9))
    text = "".join(c for c in wrong if c.isprintable() and c not in "|^~\\&")[:80]
    now = f"{timezone.localtime():%Y%m%d%H%M%S}"
    own = uuid.uuid4().hex[:20]
    said = [b"MSH", b"^~\\&", b"LAB", b"", sender, place, now.encode(), b"", b"ACK^R01^ACK"]
    said += [own.encode(), b"P", b"2.5.1"]
    msa = [b"MSA", code.encode(), control, text.encode()]
    return b"|".join(said) + CR + b"|".join(msa).rstrip(b"|") + CR


def speak_astm(connection: socket.socket) -> None:
    """Frames with a number and a checksum, each answered by ACK or NAK. The last frame of a message
    is acknowledged once the message is kept, because nothing can be answered after EOT."""
    link = _Link(connection)
    with contextlib.suppress(_Closed):
        while True:
            byte = link.take(1)
            if byte == ENQ:
                link.say(ACK)
                _receive_frames(link)


def _receive_frames(link: _Link) -> None:
    from astm import codec

    text, last = b"", 0
    while True:
        byte = link.take(1)
        if byte == EOT:
            return
        if byte != STX:
            continue
        frame = link.until(LF, FRAME).rstrip(CR)
        said, check = frame[:-2], frame[-2:]
        number = frame[:1]
        whole = said[-1:] in (ETX, ETB) and number.isdigit()
        if not whole or check.upper() != codec.make_checksum(said):
            link.say(NAK)
            continue
        if int(number) == last and text:  # our answer was lost
            link.say(ACK)
            continue
        if int(number) != (last + 1) % 8 or len(text) > MOST_BYTES:
            link.say(NAK)
            continue
        more = text + said[1:-1]
        if said.endswith(ETX) and _ends(more) and _kept(more)[0] != "AA":
            link.say(NAK)
            continue
        text, last = more, int(number)
        link.say(ACK)


def _ends(text: bytes) -> bool:
    """Whether the last record is the terminator."""
    return text.rstrip(CR).rpartition(CR)[2].startswith(b"L|")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], speak: Callable[[socket.socket], None]) -> None:
        self.links = threading.BoundedSemaphore(MOST_LINKS)
        self.speak = speak
        super().__init__(address, _Handler)


class _Handler(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        if not self.server.links.acquire(blocking=False):
            return
        try:
            self.request.settimeout(SILENCE)
            self.server.speak(self.request)
        finally:
            close_old_connections()
            self.server.links.release()
