import re

import pytest
from django.urls import reverse

from campaigns.messaging import outbox
from campaigns.models import DeliveredCopy
from tests.support import appealing, asking, factories, texting

pytestmark = pytest.mark.django_db
PATH = "campaigns:outbox"


@pytest.fixture(autouse=True)
def _demo(settings, reference):
    settings.QUIET_HOURS = (24, 0)
    settings.DEMO = True


@pytest.fixture
def sent(now):
    """An e-mail in English and an SMS in Arabic."""
    phoned = factories.donor(blood_group="O+", phone="0612345678", language="ar")
    phoned.contacts.update(verified_at=now, preferred=False)
    phoned.contacts.filter(channel="sms").update(preferred=True)
    appeal = appealing.opened(now, people=0)
    mailed = factories.donor(blood_group="O+", language="en")
    appealing.wave(appeal, now, channels=("email", "sms"))
    outbox.deliver(now=now)
    return mailed, phoned


def test_page_exists_in_the_demo_only(client, settings):
    assert client.get(reverse(PATH)).status_code == 200
    settings.DEMO = False
    assert client.get(reverse(PATH)).status_code == 404


def test_page_shows_messages_as_their_receivers_read_them(client, sent):
    text = client.get(reverse(PATH)).text
    assert DeliveredCopy.objects.count() == 2
    assert '<div class="phone" lang="ar" dir="rtl">' in text
    assert '<div class="mail" lang="en" dir="ltr">' in text
    assert "+212612345678" in text


def test_page_narrows_to_what_is_asked_for(client, sent):
    text = client.get(reverse(PATH), {"channel": "sms", "language": "ar"}).text
    assert 'class="phone"' in text and 'class="mail"' not in text
    assert 'class="phone"' in client.get(reverse(PATH), {"channel": "pigeon"}).text
    assert "No message yet" in client.get(reverse(PATH), {"kind": "memo_issued"}).text


def test_link_in_a_shown_message_opens_the_page_of_the_answer(client, sent):
    text = client.get(reverse(PATH), {"channel": "email"}).text
    links = re.findall(r'href="http://testserver([^"]+/a/[^"]+)"', text)
    assert len(links) == 1
    assert "Blood is needed at" in client.get(links[0]).text


def test_sms_to_an_officer_shows_the_number_that_it_went_to(client, now):
    texting.with_phone(factories.officer(factories.unit()), "+212655555555", now)
    asking.memo("SR-TAZ")
    outbox.deliver(now=now)
    text = client.get(reverse(PATH), {"channel": "sms"}).text
    assert "+212655555555" in text and "@" not in text.split('<article class="panel">')[1]
