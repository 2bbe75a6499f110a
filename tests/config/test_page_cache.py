"""Public pages are rendered once for everybody, and no personal page is shared."""

import gzip
import threading
import time

import brotli
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from campaigns.organising import drives
from campaigns.public.views import public
from config.page_cache import cached_page, middleware
from tests.support import asking, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(settings):
    """A browser and a process with an empty cache."""
    settings.MIDDLEWARE = ["config.page_cache.middleware.SharedPages", *settings.MIDDLEWARE]
    return Client()


@pytest.fixture
def campaign(reference):
    return asking.confirmed()


def page(campaign) -> str:
    return reverse("campaigns:campaign-detail", args=[campaign.public_id])


def older(monkeypatch, seconds: float) -> None:
    """Age every copy by so many seconds."""
    now = time.monotonic
    monkeypatch.setattr(middleware.time, "monotonic", lambda: now() + seconds)


def test_second_reader_costs_no_query(visitor, campaign, django_assert_num_queries):
    first = visitor.get(page(campaign))
    with django_assert_num_queries(0):
        second = visitor.get(page(campaign))
    assert second.content == first.content and campaign.name in first.content.decode()
    assert not second.cookies and "public" in second["Cache-Control"]
    assert second["Content-Security-Policy"] == first["Content-Security-Policy"]


def test_reader_who_has_the_page_gets_an_empty_answer(visitor, campaign):
    first = visitor.get(page(campaign))
    again = visitor.get(page(campaign), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


@pytest.mark.parametrize(
    ("accepted", "unpacked"), [("gzip, br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_copy_goes_out_compressed(visitor, campaign, accepted, unpacked):
    plain = visitor.get(page(campaign)).content
    packed = visitor.get(page(campaign), headers={"Accept-Encoding": accepted})
    assert unpacked(packed.content) == plain and len(packed.content) < len(plain) / 2
    assert "Accept-Encoding" in packed["Vary"]


def test_head_asks_without_a_body(visitor, campaign):
    assert visitor.head(page(campaign)).status_code == 200
    visitor.get(page(campaign))
    assert visitor.head(page(campaign)).content == b""


def test_change_shows_when_the_copy_is_no_longer_fresh(visitor, campaign, monkeypatch):
    visitor.get(page(campaign))
    drives.cancel(campaign=campaign, because="Flooded", by=campaign.drafted_by, now=asking.now())
    older(monkeypatch, cached_page.FRESH_SECONDS + 0.1)
    assert "Flooded" in visitor.get(page(campaign)).content.decode()


def test_each_language_and_filter_has_its_own_copy(visitor, campaign):
    listed = reverse("campaigns:campaign-list")
    pages = [visitor.get(u).content for u in (listed, listed.replace("/en/", "/fr/"))]
    near = visitor.get(f"{listed}?province=MA-AGD").content
    assert len({*pages, near}) == 3


def test_signed_in_reader_neither_gets_nor_leaves_a_copy(visitor, campaign, settings):
    settings.DEMO = True
    officer = factories.officer(campaign.unit)
    reader = Client()
    reader.handler = visitor.handler
    reader.force_login(officer)
    assert officer.display_name in reader.get(page(campaign)).content.decode()
    assert officer.display_name not in visitor.get(page(campaign)).content.decode()
    assert officer.display_name in reader.get(page(campaign)).content.decode()
    assert "private" in reader.get(page(campaign))["Cache-Control"]


@pytest.mark.parametrize("name", ["account_login", "campaigns:me-enter"])
def test_page_with_a_form_of_ones_own_is_never_shared(visitor, reference, name):
    first, second = visitor.get(reverse(name)), Client().get(reverse(name))
    assert first.content != second.content and "public" not in first["Cache-Control"]


def test_draft_leaves_no_copy_of_its_absence(visitor, reference):
    draft = asking.draft()
    assert visitor.get(page(draft)).status_code == 404
    asking.confirm(draft)
    assert visitor.get(page(draft)).status_code == 200


def test_last_good_copy_goes_out_while_postgres_is_gone(visitor, campaign, monkeypatch):
    visitor.raise_request_exception = False
    good = visitor.get(page(campaign)).content

    def gone(execute, *rest):
        raise OperationalError("the server is gone")

    older(monkeypatch, 60)
    with connection.execute_wrapper(gone):
        assert visitor.get(page(campaign)).content == good
        assert visitor.get(reverse("campaigns:stock")).status_code == 500
    older(monkeypatch, middleware.LAST_RESORT_SECONDS + 61)
    with connection.execute_wrapper(gone):
        assert visitor.get(page(campaign)).status_code == 500


def test_crowd_at_a_new_page_makes_it_once(visitor, committed, monkeypatch):
    made, ready = [], threading.Barrier(12)
    real = public.listing.days
    monkeypatch.setattr(public.listing, "days", lambda *a: made.append(1) or real(*a))
    url = page(asking.confirmed())
    answers = []

    def come():
        try:
            ready.wait(10)
            reader = Client()
            reader.handler = visitor.handler
            answers.append(reader.get(url).status_code)
        finally:
            connection.close()

    visitor.get("/healthz")  # the middleware is loaded before the threads start
    crowd = [threading.Thread(target=come) for _number in range(12)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(30)
    assert answers == [200] * 12 and made == [1]


def test_shelf_throws_out_what_nobody_asks_for():
    shelf = middleware.Shelf(room=100)
    for number in range(4):
        shelf.put(str(number), middleware.Copy({"": b"x" * 40}, "", {}, 0))
        shelf.get("0")
    assert list(shelf.copies) == ["0", "3"] or list(shelf.copies) == ["3", "0"]
    assert shelf.used == 80
