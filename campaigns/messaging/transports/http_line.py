"""A kept HTTP connection to one address. Redirects are not followed: a POST would become a GET, whose
200 would look like success with nothing sent."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

READ = 4000  # bytes of an answer that are read


class Unsent(OSError):
    """No connection, or it broke before all was sent: the server has not got the message."""


class Line:
    """A connection that is kept as long as the server keeps it. Nothing is sent twice by itself."""

    secure = http.client.HTTPSConnection

    def __init__(self, address: str):
        self._address = address
        self._connection: http.client.HTTPConnection | None = None

    def post(
        self, data: bytes, headers: dict[str, str], seconds: float, *, to: str = ""
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Status, headers and text of the answer; ``to`` is another address of that server. Raises ``Unsent``; ``OSError`` or ``HTTPException``
        when there is no answer within ``seconds``; ``ValueError`` when the address is no address."""
        try:
            connection = self._open(seconds)
        except OSError as error:
            raise Unsent(type(error).__name__) from error
        url = urlsplit(to or self._address)
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        with self._closed_on_error(), _cut_off(connection, seconds):
            try:
                connection.request("POST", target, body=data, headers=headers)
            except OSError as error:
                raise Unsent(type(error).__name__) from error
            response = connection.getresponse()
            text = ""
            # A break after the status line changes nothing: the status has decided.
            with contextlib.suppress(OSError, http.client.HTTPException):
                text = response.read(READ).decode("utf-8", "replace")
            if response.will_close or not response.isclosed():
                self.close()
            return response.status, response.headers, text

    def _open(self, seconds: float) -> http.client.HTTPConnection:
        if self._connection and _is_dead(self._connection):
            self.close()
        if self._connection is None:
            url = urlsplit(self._address)
            if url.scheme not in ("http", "https") or not url.hostname:
                raise ValueError("not an HTTP address")
            secure = url.scheme == "https"
            kind = self.secure if secure else http.client.HTTPConnection
            connection = kind(url.hostname, url.port, timeout=seconds)
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection = connection
        self._connection.sock.settimeout(seconds)
        return self._connection

    @contextlib.contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


def _is_dead(connection: http.client.HTTPConnection) -> bool:
    """Whether the server has closed a kept connection, or says something that nobody asked."""
    if connection.sock is None:
        return True
    readable, _write, _error = select.select([connection.sock], [], [], 0)
    return bool(readable)


@contextlib.contextmanager
def _cut_off(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """End the connection after ``seconds`` in all: a time-out of the socket begins anew with every
    byte of a slow server."""
    sock = connection.sock

    def end() -> None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
