"""The fast path before Django: which requests it answers, and which it passes on."""

from __future__ import annotations

import io
import time

import brotli
import pytest
from django.http import HttpResponse, HttpResponseBadRequest
from django.test import RequestFactory

from config.page_cache import cached_page, front_door, middleware


class Site:
    """The fast path, its pages, and a view behind it that counts calls."""

    def __init__(self, monkeypatch, settings) -> None:
        settings.PAGES_URL = ""
        self.made = 0
        self.pages = middleware.SharedPages(self.view)
        self.front = front_door.Front(self.behind, self.pages)

    def view(self, request):
        self.made += 1
        if request.META["HTTP_HOST"] != "testserver":
            return HttpResponseBadRequest()
        page = HttpResponse("page " * 100)
        page["Cache-Control"] = "public, max-age=3"
        return page

    def behind(self, environ, start_response):
        response = self.pages(RequestFactory().generic(environ["REQUEST_METHOD"], "/x/", **environ))
        start_response(f"{response.status_code} x", list(response.headers.items()))
        return [response.content]

    def ask(self, method="GET", **headers) -> tuple[str, dict, bytes]:
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": "/x/",
            "QUERY_STRING": "",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
        } | headers
        got = {}

        def start(status, lines):
            got.update(status=status[:3], headers=dict(lines))

        body = b"".join(self.front(environ, start))
        return got["status"], got["headers"], body


@pytest.fixture
def site(monkeypatch, settings):
    return Site(monkeypatch, settings)


def test_fresh_copy_leaves_without_django_as_the_same_page(site, monkeypatch):
    first = site.ask()
    monkeypatch.setattr(site.front, "site", None)
    status, headers, body = site.ask()
    assert (status, body) == ("200", first[2]) and headers["Cache-Control"] == "public, max-age=3"
    assert headers["Content-Length"] == str(len(body)) and headers["ETag"] == first[1]["ETag"]
    packed = site.ask(HTTP_ACCEPT_ENCODING="gzip, br")
    assert brotli.decompress(packed[2]) == body and packed[1]["Content-Encoding"] == "br"
    assert site.ask(HTTP_IF_NONE_MATCH=headers["ETag"])[0] == "304"
    assert site.made == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"method": "POST"},
        {"HTTP_COOKIE": "sessionid=x"},
        {"HTTP_COOKIE": "a=b; messages=x"},
        {"QUERY_STRING": "a=1"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"wsgi.url_scheme": "https"},
    ],
)
def test_whatever_else_is_asked_goes_to_the_site(site, headers):
    site.ask()
    site.ask()  # from here on the whole answer is kept ready
    site.ask(**headers)
    assert site.made == 2


def test_host_that_is_not_ours_never_meets_a_copy(site):
    site.ask()
    assert site.ask(HTTP_HOST="evil.example")[0] == "400"
    assert site.ask(HTTP_HOST="evil.example")[0] == "400"


def test_head_is_answered_by_the_site_without_a_body_of_its_own(site):
    site.ask()
    status, headers, _body = site.ask(method="HEAD")
    assert status == "200" and headers["ETag"] and site.made == 1


def test_stale_copy_goes_to_the_site(site, monkeypatch):
    site.ask()
    monkeypatch.setattr(cached_page, "FRESH_SECONDS", 0)
    site.ask()
    assert site.made == 2


def test_answer_kept_ready_ends_with_its_copy_and_their_number_is_bounded(site, monkeypatch):
    for _again in range(3):
        site.ask()
    assert site.made == 1 and len(site.front.ready) == 1
    for number in range(2 * front_door.MOST_READY):
        site.ask(HTTP_ACCEPT_ENCODING=f"x{number}")
    assert site.made == 1 and len(site.front.ready) <= front_door.MOST_READY
    later = time.monotonic() + cached_page.FRESH_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    site.ask()
    assert site.made == 2
