"""A person is asked, opens the link on a telephone, books and changes their mind."""

import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from campaigns.appeals import responses
from campaigns.messaging import links, outbox
from campaigns.models import Appeal, DeliveredCopy, Pledge
from tests.support import appealing, browser, factories

pytestmark = pytest.mark.browser


@pytest.fixture
def asked(committed):
    return appealing.invitation(appealing.opened(timezone.now(), people=1))


def path(url: str) -> str:
    return urlsplit(url).path


def said(asked) -> str:
    pledge = responses.given(asked.wave.appeal, asked.donor)
    return pledge.state if pledge else ""


def test_a_person_asked_books_and_gives_the_place_back(asked, phone):
    page = phone
    page.goto(path(links.answer_url(asked, "ar")))
    browser.axe(page)
    page.locator("form[action*=book] button[type=submit]").click()
    page.wait_for_selector(".error-summary")
    browser.axe(page)
    page.locator("label[for=id_slot]").click()
    page.locator("form[action*=book] button[type=submit]").click()
    page.wait_for_selector("form[action*=decline]")
    assert said(asked) == Pledge.State.BOOKED
    browser.axe(page)
    page.locator("form[action*=decline] button").click()
    page.wait_for_selector("form[action*=book]")
    assert said(asked) == Pledge.State.DECLINED
    browser.axe(page)


def letter(kind: str, donor) -> str:
    outbox.deliver(now=timezone.now())
    rows = DeliveredCopy.objects.filter(notification__kind=kind, notification__donor=donor)
    return rows.latest("pk").text


def test_from_the_message_to_the_place_and_the_others_are_thanked(committed, phone, settings):
    """Twenty are asked by mail, enough book, and those still silent read that the need is covered."""
    settings.QUIET_HOURS = (24, 0)
    page = phone
    now = timezone.now()
    appeal = appealing.opened(now, people=20, free=20, ceiling=3)
    rows = appealing.invited(appeal).select_related("donor")[:13]
    *others, last, silent = [row.donor for row in rows]
    outbox.deliver(now=now)
    for donor in others:
        slot = responses.slots(appeal, now).first()
        responses.accept(appeal=appeal, donor=donor, slot=slot, now=now)
    page.goto(re.search(r"/ar/a/\S+", letter("appeal_invitation", last)).group())
    browser.axe(page)
    # Both answers stand in the first screen of a small telephone.
    page.set_viewport_size({"width": 360, "height": 640})
    for answer in ("button[name=slot]", "form[action*=decline] button"):
        box = page.locator(answer).first.bounding_box()
        assert box["y"] + box["height"] <= 640
    page.locator("button[name=slot]").click()  # the second tap of two
    page.wait_for_selector("form[action*=decline]")
    appealing.planned(timezone.now())
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.COVERED
    assert not DeliveredCopy.objects.filter(
        notification__kind="appeal_stand_down", notification__donor=last
    ).exists()
    page.goto(re.search(r"/ar/a/\S+", letter("appeal_stand_down", silent)).group())
    browser.axe(page)
    assert page.locator("form[action*=decline]").count() == 0
    assert page.locator("form[action*=book]").count() == 1  # a later slot counts as well
    page.goto(f"/ar/appeal/{appeal.public_id}/")
    browser.axe(page)
    assert page.locator("progress").count() == 0


def test_a_scanner_that_opens_every_link_changes_nothing(asked, phone):
    for url in (links.answer_url(asked, "ar"), links.unsubscribe_url(asked)):
        phone.goto(path(url))
        phone.wait_for_load_state("networkidle")
    assert said(asked) == ""
    assert asked.donor.consents.live().count() == 1


def test_a_message_is_checked_by_its_code(asked, phone):
    phone.goto("/ar/appeal/check/")
    browser.axe(phone)
    phone.fill("[name=code]", asked.wave.appeal.code.lower())
    phone.locator("main form button").click()
    phone.wait_for_selector(".notice.good")
    browser.axe(phone)


def test_the_manager_watches_people_answer_without_reloading(
    asked, desktop, settings, client, live_server
):
    settings.DEMO = True  # a second factor is asked for otherwise
    appeal = asked.wave.appeal
    client.force_login(factories.staff(appeal.center, "manager"))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}
    desktop.context.add_cookies([cookie])
    desktop.goto("/ar/appeals/")
    browser.axe(desktop)
    desktop.locator("main table a").click()
    desktop.wait_for_selector("#funnel")
    browser.axe(desktop)
    bar = desktop.locator("#funnel progress")
    assert bar.get_attribute("value") == "0"
    now = timezone.now()
    slot = responses.slots(appeal, now).get()
    responses.accept(appeal=appeal, donor=asked.donor, slot=slot, now=now)
    desktop.wait_for_selector("#funnel progress[value='1']")
    desktop.locator("summary").click()
    desktop.fill("form[action*=stop] [name=because]", "الأكياس في الطريق")
    desktop.locator("form[action*=stop] button").click()
    desktop.wait_for_selector(".notice.success")
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.STOPPED
