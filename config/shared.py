"""Pages for everybody are made once and handed out as the bytes they are, the night of a disaster too.

A copy is fresh for ``FRESH_SECONDS``. After that one request makes it anew while all others get
the old one; when that fails, because Postgres is gone, the last good copy goes out for a day.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

FRESH_SECONDS = 2
LAST_RESORT_SECONDS = 24 * 3600
ROOM = 64 * 2**20  # bytes a process spends on copies
MOST_PATHS = 10_000
TEXTS = ("text/", "image/svg", "application/atom+xml")
# Headers that belong to the one answer they came with.
OWN = {"content-length", "content-encoding", "etag", "date", "vary"}


@dataclass
class Copy:
    """``bodies`` by content encoding, the plain one under ""."""

    bodies: dict[str, bytes]
    etag: str
    headers: dict[str, str]
    made_at: float
    busy: threading.Lock = field(default_factory=threading.Lock)

    @property
    def weight(self) -> int:
        return sum(map(len, self.bodies.values()))


class Shelf:
    """Copies by their address, the least used thrown out first."""

    def __init__(self, room: int) -> None:
        self.room, self.used = room, 0
        self.copies: OrderedDict[str, Copy] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: str) -> Copy | None:
        with self.lock:
            if copy := self.copies.get(key):
                self.copies.move_to_end(key)
            return copy

    def put(self, key: str, copy: Copy) -> None:
        with self.lock:
            if old := self.copies.pop(key, None):
                self.used -= old.weight
            self.copies[key] = copy
            self.used += copy.weight
            while self.used > self.room:
                _key, dropped = self.copies.popitem(last=False)
                self.used -= dropped.weight

    def drop(self, key: str) -> None:
        with self.lock:
            if old := self.copies.pop(key, None):
                self.used -= old.weight


class SharedPages:
    """Stands before everything else: a copy costs neither session nor query."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response
        self.shelf = Shelf(ROOM)
        self.first = tuple(threading.Lock() for _unused in range(64))
        self.never: set[str] = set()  # paths that are nobody else's business, known from an answer
        self.personal = {settings.SESSION_COOKIE_NAME, "messages"}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            request.method not in ("GET", "HEAD")
            or request.path in self.never
            or self.personal & request.COOKIES.keys()
        ):
            return self.get_response(request)
        key = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
        copy = self.shelf.get(key)
        if copy is None:
            return self._first(request, key)
        if time.monotonic() - copy.made_at < FRESH_SECONDS or not copy.busy.acquire(blocking=False):
            return handed(request, copy)
        try:
            return self._make(request, key, copy)
        finally:
            copy.busy.release()

    def _first(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """A crowd at a page that nobody has made yet waits for the one who makes it."""
        with self.first[hash(key) % len(self.first)]:
            if copy := self.shelf.get(key):
                return handed(request, copy)
            return self._make(request, key, None)

    def _make(self, request: HttpRequest, key: str, last: Copy | None) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code >= 500 and last:
            old = time.monotonic() - last.made_at
            return handed(request, last) if old < LAST_RESORT_SECONDS else response
        if not for_everybody(response):
            if last:
                self.shelf.drop(key)
            elif response.status_code == 200 and len(self.never) < MOST_PATHS:
                self.never.add(request.path)
            return response
        if request.method == "HEAD":
            return response
        copy = copied(response)
        self.shelf.put(key, copy)
        return handed(request, copy)


def for_everybody(response: HttpResponseBase) -> bool:
    """A whole page that its view calls public and that leaves nothing behind in the browser."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "public" in response.get("Cache-Control", "")
    )


def copied(response: HttpResponse) -> Copy:
    plain = response.content
    bodies = {"": plain}
    if response["Content-Type"].startswith(TEXTS) or "json" in response["Content-Type"]:
        bodies |= {"br": brotli.compress(plain, quality=5), "gzip": gzip.compress(plain, 6)}
    return Copy(
        bodies=bodies,
        etag=f'W/"{hashlib.blake2b(plain, digest_size=12).hexdigest()}"',
        headers={k: v for k, v in response.headers.items() if k.lower() not in OWN},
        made_at=time.monotonic(),
    )


def handed(request: HttpRequest, copy: Copy) -> HttpResponse:
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    if copy.etag in known:
        response = HttpResponse(status=304)
    else:
        accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
        encoding = next((e for e in ("br", "gzip") if e in accepted and e in copy.bodies), "")
        response = HttpResponse(copy.bodies[encoding])
        if encoding:
            response.headers["Content-Encoding"] = encoding
    for name, value in copy.headers.items():
        response.headers[name] = value
    response.headers["ETag"] = copy.etag
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    return response
