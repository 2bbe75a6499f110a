"""A telephone without network still shows the pages it has read, and no private ones."""

from datetime import timedelta

import pytest
from django.utils import timezone

from centers.sessions import booking
from tests.support import booking as steps
from tests.support import factories

pytestmark = pytest.mark.browser
READY = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"


def test_a_visit_is_kept_apart_and_goes_with_the_sign_out(committed, chromium, live_server):
    context = chromium.new_context(base_url=live_server.url)
    phone = context.new_page()
    at = steps.slot(steps.campaign())
    booked = booking.book(slot=at, donor=factories.donor(), now=timezone.now())
    page = f"/ar/v/{booked.public_id}/"
    phone.goto("/ar/")
    phone.wait_for_function(READY)
    phone.goto(page)
    context.set_offline(True)
    phone.goto(page)
    phone.wait_for_selector("#offline time:not(:empty)")
    assert phone.locator(".facts").is_visible()
    context.set_offline(False)
    gone = "() => caches.open('own-1').then((own) => own.keys()).then((kept) => kept.length)"
    assert phone.evaluate(gone) == 1
    phone.evaluate("() => fetch('/accounts/logout/', { method: 'POST' }).catch(() => null)")
    phone.wait_for_function(f"({gone})().then((left) => left === 0)")
    context.close()


def test_read_pages_are_kept_and_private_ones_are_not(committed, chromium, live_server):
    # The device has another time zone, or old data for Morocco: the page still shows Moroccan time.
    context = chromium.new_context(base_url=live_server.url, timezone_id="Pacific/Auckland")
    phone = context.new_page()
    campaign = steps.campaign()
    page = f"/ar/campaigns/{campaign.public_id}/"
    phone.goto("/ar/")
    phone.wait_for_function(READY)
    phone.goto(page)
    name = phone.locator("h1").inner_text()
    phone.goto(f"{page}book/")
    phone.wait_for_selector(".steps")
    context.set_offline(True)
    phone.goto(page)
    assert phone.locator("h1").inner_text() == name
    assert phone.locator("#offline").is_visible()
    read = [timezone.localtime() - timedelta(minutes=ago) for ago in range(3)]
    assert any(f"{at:%H:%M}" in phone.locator("#offline time").inner_text() for at in read)
    phone.goto("/ar/saved/")
    phone.wait_for_selector("#saved a")
    assert name in phone.locator("#saved").inner_text()
    assert "/book/" not in phone.inner_html("#saved")
    phone.goto("/ar/how/")  # never opened before: the list of saved pages is shown
    phone.wait_for_selector("#saved a")
    context.close()
