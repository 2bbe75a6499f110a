"""Books places over HTTP for one person after another, as a browser without scripts does."""

from __future__ import annotations

import random
import re
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TIME = re.compile(r'name="slot" value="(\d+)"')
REQUEST = re.compile(r"/bookings/([0-9a-f-]{36})/")
TRIES = 30


class Full(Exception):
    """The site says that no place is left; expected, not an error."""


@dataclass
class Tally:
    """What one booking thread recorded; ``took`` in seconds for each confirmed place."""

    took: list[float] = field(default_factory=list)
    booked: int = 0
    full: int = 0
    errors: Counter[str] = field(default_factory=Counter)


class Browser:
    def __init__(self, site: str) -> None:
        self.site = site
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.opener.addheaders = [("User-Agent", "bench"), ("Accept-Language", "ar")]

    def open(self, path: str, typed: dict | None = None) -> tuple[str, str]:
        """The address after redirects, and the page."""
        url = path if path.startswith("http") else f"{self.site}{path}"
        data = urlencode(typed).encode() if typed is not None else None
        headers = {"Referer": url, "Origin": self.site} if data else {}
        request = urllib.request.Request(url, data, headers)  # noqa: S310
        with self.opener.open(request, timeout=60) as response:
            return response.geturl(), response.read().decode()

    def send(self, url: str, page: str, **typed: str) -> tuple[str, str]:
        return self.open(url, typed | {"csrfmiddlewaretoken": TOKEN.search(page)[1]})


def book(site: str, campaign: str, number: str) -> None:
    """From the campaign's slots to the confirmed place; raises ``Full`` if none is left."""
    browser, times = Browser(site), f"/ar/campaigns/{campaign}/book/"
    person = {
        "given_name": "Salma",
        "family_name": f"Bench {number}",
        "sex": "F",
        "birth_date": "02/04/1991",
        "address": f"bench-{number}@example.org",
    }
    url = page = ""
    for _try in range(TRIES):
        if TIME.search(page) and "given_name" in page:  # the slot was taken while the person typed
            url, page = browser.send(url, page, **person, slot=one_of(page))
        else:
            slot = one_of(browser.open(times)[1])
            url, page = browser.open(f"{times}?{urlencode({'slot': slot, 'go': 1})}")
            if "given_name" in page:
                url, page = browser.send(url, page, **person)
        if REQUEST.search(url):
            confirm(browser, url, page)
            return
    raise TimeoutError("never came to the code")


def confirm(browser: Browser, url: str, page: str) -> None:
    code = code_of(REQUEST.search(url)[1])
    address = url
    for _try in range(TRIES):
        url, page = browser.send(address, page, code=code)
        if "/v/" in url:
            return
        url, page = browser.send(f"{address}move/", page, slot=one_of(page))
    raise Full


def one_of(page: str) -> str:
    """A time chosen as most people do: one of the first in the list."""
    found = TIME.findall(page)
    if not found:
        raise Full
    return random.choice(found[:3])


def code_of(public_id: str) -> str:
    """The confirmation code in the text of the message."""
    from centers.models import BookingRequest
    from centers.sessions import booking_requests

    return booking_requests.code_of(BookingRequest.objects.get(public_id=public_id))


def keep_booking(site: str, rush, until: float, name: str, tally: Tally) -> None:
    """Book for one person after another; ``rush`` gives the current campaign and is notified when
    one is full."""
    number = 0
    while time.monotonic() < until:
        number += 1
        campaign, began = rush.current(), time.perf_counter()
        try:
            book(site, campaign, f"{name}-{number}")
        except Full:
            tally.full += 1
            rush.full(campaign)
        except urllib.error.HTTPError as error:
            tally.errors[f"booking {error.code}"] += 1
        except Exception as error:  # noqa: BLE001 - each kind is counted and fails the bench
            tally.errors[f"booking {type(error).__name__}"] += 1
        else:
            tally.booked += 1
            tally.took.append(time.perf_counter() - began)
