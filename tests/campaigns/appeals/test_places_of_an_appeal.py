"""Appeals without a place, with one place, and with places at another centre."""

import pytest

from campaigns.models import Appeal
from centers.models import Appointment
from tests.support import appealing, factories
from tests.support.crowd import crowd

from .test_appeal_pages import page
from .test_responses import said, slot_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)
    settings.DEMO = True  # a second factor is asked for otherwise


def test_detail_says_why_nobody_is_asked(client, now):
    appealing.alert(now)
    appealing.planned(now)
    client.force_login(factories.administrator())
    text = client.get(page("appeal-detail", Appeal.objects.get())).text
    assert "a session with free" in text and "Nobody has been asked yet" in text


def test_answer_offers_places_where_the_person_was_asked_to_come(client, reference, now):
    """Somebody far from the centre that lacks blood is asked to a session nearby; the bag travels."""
    away = factories.center("CRTS-FES")
    slot = appealing.places(now, at=away)
    appealing.looked_at(away, now)
    appealing.alert(now)
    crowd(400, now=now, at=away)
    assert appealing.asked(now)
    asked = appealing.invitation(Appeal.objects.get())
    far = appealing.places(now)
    text = client.get(url(asked)).text
    assert text.index(f'value="{slot.pk}"') < text.index(f'value="{far.pk}"')
    client.post(url(asked, "answer-book"), {"slot": slot.pk})
    assert said(asked).appointment.slot == slot


def test_answer_to_a_full_time_offers_others(client, reference, now):
    appeal = appealing.opened(now, people=0, free=1)
    factories.donor(blood_group="O+")
    appealing.wave(appeal, now)
    asked, slot = appealing.invitation(appeal), slot_of(appeal, now)
    factories.session(days=2)
    Appointment.objects.create(slot=slot, donor=factories.donor(), made_at=now)
    response = client.post(url(asked, "answer-book"), {"slot": slot.pk})
    assert "has just been taken" in response.text and "10 places left" in response.text
