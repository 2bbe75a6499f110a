"""Fast path of the page cache: a fresh copy is served before Django builds a request."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from . import cached_page
from .cached_page import Copy
from .middleware import SharedPages, address, chosen

MOST_READY = 256  # answers kept complete; they hold the bytes of their copies
Ready = tuple[float, str, list[tuple[str, str]], list[bytes]]  # fresh until, status, headers, body


class Front:
    """WSGI wrapper around the site: serves fresh copies and passes every other request on.

    An answer that was given once is kept complete under everything that it depends on, so that the
    next request for it costs one look in a dictionary.
    """

    def __init__(self, site: Callable, pages: SharedPages) -> None:
        self.site, self.pages = site, pages
        self.ready: dict[tuple, Ready] = {}

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if "HTTP_COOKIE" in environ and self._is_personal(environ["HTTP_COOKIE"]):
            return self.site(environ, start_response)
        key = asked(environ)
        found = self.ready.get(key)
        if found is None or found[0] < time.monotonic():
            found = self._answer(environ)
            if found is None:
                return self.site(environ, start_response)
            if len(self.ready) >= MOST_READY:
                self.ready.clear()
            self.ready[key] = found
        _until, status, headers, body = found
        start_response(status, headers)
        return body

    def _is_personal(self, cookies: str) -> bool:
        return any(name in cookies for name in self.pages.personal)

    def _answer(self, environ: dict) -> Ready | None:
        copy = self._fresh(environ)
        if copy is None:
            return None
        until = copy.made_at + cached_page.FRESH_SECONDS
        if copy.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            return until, "304 Not Modified", copy.lines("304"), [b""]
        encoding = chosen(environ, copy)
        return until, "200 OK", copy.lines(encoding), [copy.bodies[encoding]]

    def _fresh(self, environ: dict) -> Copy | None:
        if environ["REQUEST_METHOD"] != "GET":
            return None
        copy = self.pages.shelf.get(address(environ))
        return copy if copy and copy.is_fresh else None


def asked(environ: dict) -> tuple:
    """Everything of a request that an answer depends on: ``address``, the encodings, the copy that
    the reader has."""
    get = environ.get
    return (
        environ["REQUEST_METHOD"],
        get("PATH_INFO"),
        get("QUERY_STRING"),
        get("HTTP_HOST") or get("SERVER_NAME"),
        get("wsgi.url_scheme"),
        get("HTTP_X_FORWARDED_PROTO"),
        get("HTTP_ACCEPT_ENCODING"),
        get("HTTP_IF_NONE_MATCH"),
    )
