"""A donor signs in with a code, reads when to give again, changes preferences, withholds a
donation."""

import re
from datetime import date

import pytest
from django.utils import timezone

from campaigns.messaging import outbox
from campaigns.models import DeliveredCopy
from centers.models import Bag
from donors.contact import consent
from tests.support import blood, browser, factories

pytestmark = pytest.mark.browser


@pytest.fixture
def donor(committed):
    made = factories.donor(email="salma@example.org", birth_date=date(1990, 3, 7))
    blood.give(blood.accepted_visit(donor=made))
    consent.give(donor=made, purpose="follow_up", language="ar", now=timezone.now())
    return made


def code() -> str:
    outbox.deliver(now=timezone.now())
    text = DeliveredCopy.objects.filter(notification__kind="proof_code").latest("pk").text
    return re.search(r"\b\d{6}\b", text).group()


def test_a_donor_looks_after_themselves(donor, phone):
    page = phone
    page.goto("/ar/me/")
    page.wait_for_url("**/me/enter/")
    browser.axe(page)
    page.fill("[name=address]", "salma@example.org")
    page.fill("[name=birth_date]", "07/03/1990")
    page.locator("main form button").click()
    page.wait_for_selector("[name=code]")
    browser.axe(page)
    page.fill("[name=code]", code())
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/ar/me/")
    browser.axe(page)
    for name in ("card", "data", "wishes"):
        page.locator(f"nav.views a[href$='/me/{name}/']").click()
        page.wait_for_url(f"**/me/{name}/")
        browser.axe(page)
    page.uncheck("[value=appeals]")
    page.check("[value=news]")
    page.locator("form[action$='/wishes/'] button").click()
    page.wait_for_selector(".notice.success")
    assert consent.purposes(donor) == {"news", "follow_up"}
    page.locator("nav.views a[href$='/me/history/']").click()
    page.wait_for_url("**/me/history/")
    page.locator("main summary").click()
    browser.axe(page)
    page.locator("form[action$='/withhold/'] button").click()
    page.wait_for_selector(".notice.success")
    browser.axe(page)
    assert set(Bag.objects.values_list("state", flat=True)) == {"discarded"}
