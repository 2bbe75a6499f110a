"""Cache of public pages, so that a disaster's traffic reaches the database rarely.

A copy is fresh for two seconds. After that one request renders it anew while all others get the
stale copy; when rendering fails because Postgres is down, the last good copy is served for a day. A
process asks Redis only for pages that it has not, or no longer fresh.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from . import cached_page
from .cached_page import Copy, copied
from .redis_store import Between

LAST_RESORT_SECONDS = 24 * 3600
NARROWED_SECONDS = 60  # seconds Redis keeps a page with a query string: their number is unbounded
WAITING_SECONDS = 1
AGAIN_SECONDS = 0.05  # while another process renders the page
ROOM = 64 * 2**20  # bytes a process spends on copies
MOST_PATHS = 10_000


class Shelf:
    """Copies by address; the least recently used is evicted first."""

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
    """Outermost middleware: serving a copy costs neither session nor query."""

    serving: SharedPages | None = None

    def __init__(self, get_response) -> None:
        SharedPages.serving = self
        self.get_response = get_response
        self.shelf = Shelf(ROOM)
        self.first = tuple(threading.Lock() for _unused in range(64))
        self.never: set[str] = set()  # paths known from an answer to be not cacheable
        self.personal = {settings.SESSION_COOKIE_NAME, "messages"}
        self.between = Between(settings.PAGES_URL) if settings.PAGES_URL else None

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            request.method not in ("GET", "HEAD")
            or request.path in self.never
            or self.personal & request.COOKIES.keys()
        ):
            return self.get_response(request)
        key = address(request.META)
        copy = self.shelf.get(key)
        if copy is None:
            return self._first(request, key)
        soon = time.monotonic() < copy.again_at
        if copy.is_fresh or soon or not copy.busy.acquire(blocking=False):
            return handed(request, copy)
        try:
            return self._renew(request, key, copy)
        finally:
            copy.busy.release()

    def _first(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """Many requests for a page not yet rendered wait for the one request that renders it."""
        with self.first[hash(key) % len(self.first)]:
            if copy := self.shelf.get(key):
                return handed(request, copy)
            return self._renew(request, key, None)

    def _renew(self, request: HttpRequest, key: str, last: Copy | None) -> HttpResponseBase:
        """Take a copy that another process has made or is about to make, else render it here."""
        if self.between is None or request.method == "HEAD":
            return self._make(request, key, last)
        found, ours = self.between.take(key)
        if not ours and not found and not last:
            found = self.between.wait(key, WAITING_SECONDS)
        if found and (last is None or found.made_at > last.made_at):
            last = found
            self.shelf.put(key, last)
        if ours or last is None or last.age > LAST_RESORT_SECONDS:
            return self._make(request, key, last)
        last.again_at = time.monotonic() + AGAIN_SECONDS
        return handed(request, last)

    def _make(self, request: HttpRequest, key: str, last: Copy | None) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code >= 500 and last:
            return handed(request, last) if last.age < LAST_RESORT_SECONDS else response
        if not for_everybody(response):
            self._forget(request, key, response, last)
            return response
        if request.method == "HEAD":
            return response
        copy = copied(response)
        self.shelf.put(key, copy)
        if self.between:
            kept = NARROWED_SECONDS if request.META["QUERY_STRING"] else LAST_RESORT_SECONDS
            self.between.put(key, copy, fresh=cached_page.FRESH_SECONDS, kept=kept)
        return handed(request, copy)

    def _forget(self, request, key: str, response: HttpResponseBase, last: Copy | None) -> None:
        """Drop the entry of a response that is not cacheable."""
        if last:
            self.shelf.drop(key)
        elif response.status_code == 200 and len(self.never) < MOST_PATHS:
            self.never.add(request.path)
        if self.between and request.method != "HEAD":
            self.between.drop(key)


def for_everybody(response: HttpResponseBase) -> bool:
    """Whether the response is complete, marked ``public`` by its view and sets no cookie."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "public" in response.get("Cache-Control", "")
    )


def address(environ: dict) -> str:
    """The cache key. A foreign host or scheme has no copy: Django refuses it, and only 200 is kept."""
    get = environ.get
    return (
        f"{get('wsgi.url_scheme')} {get('HTTP_X_FORWARDED_PROTO')} "
        f"{get('HTTP_HOST') or get('SERVER_NAME')}{get('PATH_INFO')}?{get('QUERY_STRING')}"
    )


def chosen(environ: dict, copy: Copy) -> str:
    """The smallest encoding that the reader accepts."""
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    return next((e for e in ("br", "gzip") if e in accepted and e in copy.bodies), "")


def handed(request: HttpRequest, copy: Copy) -> HttpResponse:
    if copy.etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response, lines = HttpResponse(status=304), copy.lines("304")
    else:
        encoding = chosen(request.META, copy)
        response, lines = HttpResponse(copy.bodies[encoding]), copy.lines(encoding)
    for name, value in lines:
        response.headers[name] = value
    return response
