"""An officer answers a memo on a telephone by the link of the message, without a password."""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.messaging import outbox
from campaigns.models import Campaign, DeliveredCopy
from donors.units import officer_reach
from tests.support import asking, browser, factories

pytestmark = pytest.mark.browser


def test_the_link_of_an_sms_is_answered_in_under_twenty_seconds(committed, phone):
    taza = factories.unit("SR-TAZ")
    officer = factories.officer(taza)
    now = timezone.now()
    row = officer_reach.enter_phone(user=officer, typed="0661123456", now=now)
    officer_reach.prove_phone(user=officer, code=officer_reach.code_of(row), now=now)
    memo = asking.memo("SR-TAZ", "PP-FES")
    outbox.deliver(now=timezone.now())
    text = DeliveredCopy.objects.get(notification__channel="sms").text
    path = re.search(r"/ar/m/\S+", text).group()
    begun = time.monotonic()
    phone.goto(path)
    will = "form[action$='/will/']"
    phone.fill(f"{will} [name$=planned_on]", str(timezone.localdate() + timedelta(days=3)))
    phone.fill(f"{will} [name$=expected_donors]", "60")
    with phone.expect_navigation():
        phone.locator(f"{will} button").click()
    assert time.monotonic() - begun < 20
    browser.axe(phone)
    assert phone.viewport_size["width"] == 360
    answered = memo.addressees.get(unit=taza)
    assert (answered.answer, answered.answered_by, answered.on_behalf) == ("will", officer, False)
    assert (Campaign.objects.get().center.code, answered.seen_at is None) == ("BS-TAZ", False)
    assert factories.unit("PP-FES").name_ar not in phone.locator("main").inner_text()
