"""The situation room in a browser: live, by keyboard, in Arabic, on a phone and on a wall."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.appeals import waves
from campaigns.models import Wave
from tests.support import appealing, asking, factories, operating
from tests.support.browser import axe, opened
from tests.support.crowd import crowd

pytestmark = pytest.mark.browser


@pytest.fixture
def wave(committed, settings) -> Wave:
    settings.QUIET_HOURS = (24, 0)
    now = timezone.now()
    appealing.places(now, free=40)
    appealing.alert(now, ceiling=8)
    crowd(200, now=now)
    appealing.planned(now)
    return Wave.objects.get(state=Wave.State.PROPOSED)


def test_a_held_wave_appears_without_a_reload_and_is_undone(wave, desktop, sign_in):
    page = desktop
    sign_in(page, factories.staff(wave.appeal.center, "manager"))
    opened(page, "/ar/situation/")
    assert page.locator("#undo").is_hidden()
    waves.approve(
        wave=wave, by=factories.administrator(), hold=timedelta(minutes=5), now=timezone.now()
    )
    button = page.locator("button[form=undo]").first
    button.wait_for()
    axe(page)
    page.fill("#undo [name=because]", "مسح خاطئ")
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    wave.refresh_from_db()
    assert wave.state == Wave.State.UNDONE and wave.because == "مسح خاطئ"


def test_the_pages_are_clean_on_a_phone_and_on_a_wall(wave, phone, desktop, sign_in):
    operation = asking.operation()
    operating.estimate(operation, timezone.now())
    desktop.set_viewport_size({"width": 2560, "height": 1440})
    for page in (phone, desktop):
        sign_in(page, factories.administrator())
        for path in (
            "/ar/situation/",
            "/fr/situation/",
            f"/ar/situation/{operation.public_id}/",
            f"/ar/situation/plans/{wave.plan.public_id}/",
            f"/ar/operations/{operation.public_id}/afterwards/",
            "/ar/desk/",
        ):
            opened(page, path)
    page.goto("/ar/situation/")
    page.locator("#hours-table summary").click()
    axe(page)


def test_an_open_table_stays_open_when_the_part_is_renewed(wave, desktop, sign_in):
    sign_in(desktop, factories.administrator())
    desktop.goto("/ar/situation/")
    desktop.locator("#hours-table summary").click()
    asking.operation()
    operating.order(asking.operation(), timezone.now(), approval="nobody")
    desktop.locator(".waiting .order").wait_for()
    assert desktop.locator("#hours-table[open]").count() == 1
