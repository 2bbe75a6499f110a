"""A telephone without network still shows the pages it has read, and no private ones."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.support import booking as steps

pytestmark = pytest.mark.browser
READY = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"


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
