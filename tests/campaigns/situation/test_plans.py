"""A kept plan, in words and figures."""

import pytest
from django.urls import reverse

from tests.support import appealing, factories
from tests.support.crowd import crowd

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)
    settings.DEMO = True


@pytest.fixture
def address(now) -> str:
    appealing.places(now, free=40)
    appealing.alert(now, ceiling=8)
    crowd(200, now=now)
    return reverse("campaigns:plan", args=[appealing.planned(now).public_id])


def test_plan_tells_what_it_decided_to_those_it_concerns(client, address):
    client.force_login(factories.staff(factories.center(), "manager"))
    own = client.get(address).text
    assert "Planned to ask" in own and "Donation room" in own
    client.force_login(factories.staff(factories.center("CRTS-RAB"), "manager"))
    other = client.get(address).text
    assert "Planned to ask" not in other and "Donation room" not in other


def test_plan_is_not_shown_to_others(client, address):
    assert client.get(address).status_code == 302
    client.force_login(factories.officer(factories.unit()))
    assert client.get(address).status_code == 404
