from datetime import timedelta

import pytest
from django.core import signing

from campaigns.messaging import links
from campaigns.models import Appeal, Notification
from donors.errors import Refused
from tests.support import appealing

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(shared_rows) -> int:
    return appealing.shared(people=1)


@pytest.fixture
def asked(built, reference) -> Notification:
    return appealing.invitation(Appeal.objects.get(pk=built))


def test_link_leads_back_to_its_message(asked):
    for purpose in (links.ANSWER, links.UNSUBSCRIBE):
        assert links.read(links.token(asked, purpose), purpose) == asked


def test_link_of_one_purpose_is_worthless_for_another(asked):
    with pytest.raises(Refused):
        links.read(links.token(asked, links.ANSWER), links.UNSUBSCRIBE)


def test_link_cannot_be_turned_to_another_message(asked):
    token = links.token(asked, links.ANSWER)
    here, there = (signing.b62_encode(pk) for pk in (asked.pk, asked.pk + 1))
    other = token.replace(f".{here}.", f".{there}.")
    assert other != token
    with pytest.raises(Refused):
        links.read(other, links.ANSWER)


@pytest.mark.parametrize("text", ["", "1", "1.", ".", "1.1.1.1", "9.1:2:3", "\x00", "١.٢"])
def test_link_that_is_rubbish_is_refused(asked, text):
    with pytest.raises(Refused):
        links.read(text, links.ANSWER)


def test_link_expires(asked, monkeypatch):
    token = links.token(asked, links.ANSWER)
    import time

    later = time.time() + timedelta(days=8).total_seconds()
    monkeypatch.setattr(signing.time, "time", lambda: later)
    with pytest.raises(Refused):
        links.read(token, links.ANSWER)


def test_link_of_a_deleted_key_is_refused(asked, settings):
    token = links.token(asked, links.ANSWER)
    settings.LINK_KEY = "another"
    with pytest.raises(Refused):
        links.read(token, links.ANSWER)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_link_opens_the_page_in_the_readers_language(asked, language):
    assert f"/{language}/a/" in links.answer_url(asked, language)
