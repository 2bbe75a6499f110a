"""Processes of the site share copies through Redis, and work without it."""

import socket
import threading
import time

import pytest
import redis
from django.http import HttpResponse, HttpResponseNotFound
from django.test import RequestFactory

from config.machine import embedded
from config.page_cache import cached_page, middleware, redis_store


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = embedded.Redis(tmp_path_factory.mktemp("redis"))
    url = started.start()
    yield f"{url}/2"
    started.stop()


@pytest.fixture
def url(server, settings):
    redis.Redis.from_url(server).flushdb()
    settings.PAGES_URL = server
    return server


class Site:
    """A process of the site with one view that counts its calls."""

    made = 0

    def __init__(self, *, slow: float = 0, status: int = 200):
        self.slow, self.status = slow, status
        self.pages = middleware.SharedPages(self.view)

    def view(self, request):
        type(self).made += 1
        number = type(self).made
        time.sleep(self.slow)
        response = HttpResponse(f"page {number} " * 50, status=self.status)
        response["Cache-Control"] = "public, max-age=3"
        return response

    def get(self, path="/ar/", **headers):
        return self.pages(RequestFactory().get(path, headers=headers))


@pytest.fixture(autouse=True)
def _from_none():
    Site.made = 0


def asked(url: str) -> dict:
    """How often each relevant command reached Redis."""
    counts = redis.Redis.from_url(url).info("commandstats")
    return {name: counts[f"cmdstat_{name}"]["calls"] for name in ("get", "set", "eval")}


def test_what_one_process_made_another_hands_out(url):
    first, second = Site(), Site()
    page = first.get()
    for encoding in ("", "gzip", "br"):
        one, other = (s.get(**{"Accept-Encoding": encoding}) for s in (first, second))
        assert one.content == other.content and one.headers == other.headers
    assert second.get().content == page.content and Site.made == 1


def test_warm_copy_asks_nobody(url):
    site = Site()
    site.get()
    before = asked(url)
    for _number in range(5):
        site.get()
    assert asked(url) == before and before["eval"] >= 1


def test_crowd_before_all_processes_makes_a_page_once(url):
    sites = [Site(slow=0.2) for _number in range(3)]
    answers, ready = [], threading.Barrier(12)

    def come(site):
        ready.wait(10)
        answers.append(site.get().content)

    crowd = [threading.Thread(target=come, args=[sites[n % 3]]) for n in range(12)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(10)
    assert len(answers) == 12 and len(set(answers)) == 1 and Site.made == 1


def test_stale_page_is_made_anew_by_one_process_while_the_other_hands_out_the_old(url, monkeypatch):
    monkeypatch.setattr(cached_page, "FRESH_SECONDS", 0.2)
    first, second = Site(), Site()
    old = first.get().content
    assert second.get().content == old
    time.sleep(0.25)
    making, go_on = threading.Event(), threading.Event()

    def make(request):
        making.set()
        assert go_on.wait(10)
        return first.view(request)

    first.pages.get_response = make
    maker = threading.Thread(target=first.get)
    maker.start()
    assert making.wait(10) and second.get().content == old
    go_on.set()
    maker.join(10)
    time.sleep(middleware.AGAIN_SECONDS)
    new = second.get().content
    assert new != old and new == first.get().content and Site.made == 2


def test_servers_that_start_at_once_stand_apart(tmp_path):
    together, urls, pids = threading.Barrier(4), [], []

    def site(directory):
        server = embedded.Redis(directory)
        together.wait(10)
        urls.append(server.start())
        together.wait(30)  # a server ends with the thread that began it
        pids.append(server.process.pid)
        server.stop()

    sites = [threading.Thread(target=site, args=[tmp_path / str(n)]) for n in range(4)]
    for thread in sites:
        thread.start()
    for thread in sites:
        thread.join(60)
    assert len(set(urls)) == len(set(pids)) == 4


def test_last_good_copy_survives_a_restart(url, monkeypatch):
    monkeypatch.setattr(cached_page, "FRESH_SECONDS", 0.05)
    good = Site().get().content
    time.sleep(0.1)
    restarted = Site(status=500)
    for _number in range(3):
        assert restarted.get().content == good
    assert restarted.get("/ar/other/").status_code == 500


def test_page_that_is_gone_leaves_no_copy_for_others(url, monkeypatch):
    monkeypatch.setattr(cached_page, "FRESH_SECONDS", 0.05)
    first, second = Site(), Site()
    first.get()
    time.sleep(0.1)
    first.pages.get_response = lambda request: HttpResponseNotFound()
    assert first.get().status_code == 404
    second.pages.get_response = first.pages.get_response
    assert second.get().status_code == 404
    assert redis.Redis.from_url(url).dbsize() == 0


@pytest.mark.parametrize("header", [{}, {"Cache-Control": "private"}])
def test_private_page_never_reaches_redis(url, header):
    site = Site()
    site.pages.get_response = lambda request: HttpResponse("mine", headers=header)
    site.get("/ar/desk/")
    assert redis.Redis.from_url(url).dbsize() == 0


def test_choices_without_end_fill_redis_neither_for_long_nor_without_bound(url, monkeypatch):
    site, client = Site(), redis.Redis.from_url(url)
    site.get("/ar/?province=MA-TAZ")
    (copy,) = client.keys("page-*")
    assert 0 < client.ttl(copy) <= middleware.NARROWED_SECONDS
    monkeypatch.setattr(redis_store, "MOST_KEYS", 10)
    for number in range(30):
        assert site.get(f"/ar/?province={number}").status_code == 200
    assert client.dbsize() <= 12


def test_site_answers_without_redis_and_soon_stops_asking(settings):
    settings.PAGES_URL = "redis://127.0.0.1:1/2"
    site = Site()
    assert site.get().status_code == 200 and site.get("/fr/").status_code == 200
    assert site.pages.between.silent_until > time.monotonic() + redis_store.SILENT_SECONDS - 1


def test_redis_that_never_answers_is_asked_once(settings):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.PAGES_URL = f"redis://127.0.0.1:{mute.getsockname()[1]}/2"
        site = Site()
        assert [site.get(f"/ar/{number}/").status_code for number in range(20)] == [200] * 20
        mute.settimeout(0)
        mute.accept()
        with pytest.raises(BlockingIOError):
            mute.accept()
    assert redis_store.PATIENCE <= 0.05 and Site.made == 20


def test_copy_keeps_its_age_on_the_way(url):
    response = HttpResponse(b"\x89PNG", content_type="image/png")
    copy = cached_page.copied(response)
    copy.made_at -= 5
    back = cached_page.unpacked(cached_page.packed(copy))
    assert back.bodies == {"": b"\x89PNG"} and back.etag == copy.etag
    assert back.age == pytest.approx(copy.age, abs=0.1)
