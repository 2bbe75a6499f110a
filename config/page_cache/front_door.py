"""Fast path of the page cache: a fresh copy is served before Django builds a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .cached_page import Copy
from .middleware import SharedPages, address, chosen


class Front:
    """WSGI wrapper around the site: serves fresh copies and passes every other request on."""

    def __init__(self, site: Callable, pages: SharedPages) -> None:
        self.site, self.pages = site, pages

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        copy = self._fresh(environ)
        if copy is None:
            return self.site(environ, start_response)
        if copy.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", copy.lines("304"))
            return [b""]
        encoding = chosen(environ, copy)
        start_response("200 OK", copy.lines(encoding))
        return [copy.bodies[encoding]]

    def _fresh(self, environ: dict) -> Copy | None:
        if environ["REQUEST_METHOD"] != "GET":
            return None
        cookies = environ.get("HTTP_COOKIE", "")
        if cookies and any(name in cookies for name in self.pages.personal):
            return None
        copy = self.pages.shelf.get(address(environ))
        return copy if copy and copy.is_fresh else None
