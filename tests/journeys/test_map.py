"""The map by keyboard, on a phone and on a desktop, in Arabic."""

import pytest

from tests.support import asking, factories
from tests.support.browser import opened, pressed

pytestmark = pytest.mark.browser


def test_a_stranger_finds_a_campaign_on_the_map(committed, phone):
    page = phone
    near = asking.confirmed()
    asking.confirmed("PP-AGD", factories.center("CRTS-AGD"))
    opened(page, "/ar/campaigns/")
    pressed(page, ".views a[href*='/map/']")
    markers = page.locator("svg a[href^='#place-']")
    marker = markers.first
    box = marker.bounding_box()
    assert box["width"] >= 16 and box["height"] >= 16
    marker.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel:target")
    page.select_option("[name=province]", "MA-TAZ")
    pressed(page, "form.filters button")
    assert markers.count() == 1
    pressed(page, f"main a[href*='{near.public_id}']")
    assert near.name_ar in page.locator("h1").inner_text()
    pressed(page, "main a[href='/ar/centres/BS-TAZ/']")
    assert page.locator(f"a[href*='{near.public_id}/book/']").is_visible()
