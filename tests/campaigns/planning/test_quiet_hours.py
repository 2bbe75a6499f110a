"""What was approved before the quiet hours leaves after them, if the need still stands."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.appeals import waves
from campaigns.models import Appeal, Wave
from campaigns.planning import ticks
from centers.models import StockAlert
from donors.clock.calendar import quiet_until
from tests.support import appealing, factories
from tests.support.crowd import crowd
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(settings, reference, now) -> Wave:
    """A wave that somebody approved a moment before the quiet hours began."""
    settings.QUIET_HOURS, settings.DEMO = (24, 0), True
    appealing.places(now, free=60)
    appealing.alert(now, ceiling=8)
    crowd(2500, now=now)
    appealing.planned(now)
    wave = Wave.objects.get(state=Wave.State.PROPOSED)
    by = factories.administrator()
    waves.approve(wave=wave, by=by, hold=timedelta(seconds=90), now=now)
    hour = timezone.localtime(now).hour
    settings.QUIET_HOURS = (hour, (hour + 8) % 24)
    for minutes in (2, 60, 200):
        assert ticks.tick(now=now + timedelta(minutes=minutes))
    wave.refresh_from_db()
    return wave


def morning(now):
    return quiet_until(now) + timedelta(seconds=20)


def test_it_is_kept_over_the_night_and_leaves_in_the_morning(approved, now):
    assert approved.state == Wave.State.HELD and approved.leaves_at == quiet_until(now)
    ticks.tick(now=morning(now))
    approved.refresh_from_db()
    assert approved.state == Wave.State.SENT and approved.size == approved.size_wanted
    assert not Wave.objects.filter(state=Wave.State.PROPOSED).exists()


def test_it_is_dropped_in_the_morning_if_the_need_is_gone(approved, now):
    StockAlert.objects.update(closed_at=morning(now) - timedelta(minutes=1), level_at_closing=9)
    ticks.tick(now=morning(now))
    approved.refresh_from_db()
    assert approved.state == Wave.State.DROPPED and approved.appeal.state == Appeal.State.MET


def test_it_leaves_although_the_plan_would_now_ask_for_another_session(approved, now):
    other = factories.session(days=6, places=60)
    with past_the_guards():  # at night another session became the better one
        Wave.objects.filter(pk=approved.pk).update(session=other)
    ticks.tick(now=morning(now))
    approved.refresh_from_db()
    assert approved.state == Wave.State.SENT and approved.size
    assert not Wave.objects.filter(state__in=Wave.OPEN).exists()


def test_pages_say_when_it_leaves(approved, client):
    client.force_login(factories.administrator())
    for page, key in (("wave", approved), ("appeal-detail", approved.appeal)):
        text = client.get(reverse(f"campaigns:{page}", args=[key.public_id])).text
        assert "the need still stands then" in text
    assert "when the quiet hours are over" in client.get(reverse("campaigns:situation")).text
