"""From a memo to an offered day on a phone, and a week further by the planner's keys and pointer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from tests.support import asking, factories
from tests.support.browser import opened, pressed

pytestmark = pytest.mark.browser


def test_an_officer_takes_a_day_by_one_press_on_a_phone(committed, phone, sign_in):
    memo = asking.memo("SR-TAZ")
    sign_in(phone, factories.officer(factories.unit()))
    opened(phone, f"/ar/memos/{memo.public_id}/")
    pressed(phone, "a[href$='/offers/']")
    assert phone.locator(".offers li.panel").count() == 3
    phone.focus(".offers form button")
    with phone.expect_navigation():
        phone.keyboard.press("Enter")
    campaign = Campaign.objects.get()
    assert f"/ar/drives/{campaign.public_id}/" in phone.url


def test_the_planner_moves_a_campaign_by_key_and_by_pointer(committed, desktop, sign_in):
    campaign = asking.draft(days=15)
    first = campaign.planned_on
    sign_in(desktop, factories.administrator())
    opened(desktop, "/ar/rotation/")
    chip = f"#c-{campaign.pk}"
    desktop.focus(chip)
    with desktop.expect_navigation():
        desktop.keyboard.press("ArrowLeft")  # later, where one reads from the right
    # Sixty people are more than the beds of a team take: said, and decided by the planner.
    assert desktop.locator(".notice li").count() >= 1
    desktop.check("[name=despite]")
    pressed(desktop, "main form button[type=submit]")
    campaign.refresh_from_db()
    assert campaign.planned_on == first + timedelta(days=7)
    assert desktop.evaluate("document.activeElement.id") == f"c-{campaign.pk}"
    cells = desktop.locator("td[data-week]")
    monday = first - timedelta(days=first.weekday())
    with desktop.expect_navigation():
        desktop.drag_and_drop(chip, f"td[data-week='{monday.isoformat()}']")
    assert desktop.input_value("[name=day]") == first.isoformat() and cells.count() == 0
    assert timezone.localdate() < first


def test_the_rotation_fits_a_phone(committed, phone, sign_in):
    asking.draft(days=15)
    sign_in(phone, factories.administrator())
    opened(phone, "/ar/rotation/")
