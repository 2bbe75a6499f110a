from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.agenda import bookable, listing
from campaigns.models import Campaign
from centers.models import Session, Slot
from donors.models import Province
from tests.support import booking as steps
from tests.support import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rows(reference):
    pass


def names(rows) -> list[str]:
    return [row.name_en for row in rows]


def test_coming_are_confirmed_with_a_session_ahead_soonest_first(now):
    steps.campaign(days=3, name_en="later")
    steps.campaign(days=1, name_en="soon")
    steps.campaign(days=0, name_en="today")
    for state in ("asked", "declined", "closed"):
        steps.campaign(state=state, name_en=state)
    over = steps.campaign(name_en="over")
    over.sessions.update(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    assert names(listing.coming(now)) == ["today", "soon", "later"]


def test_places_are_of_times_ahead_in_sessions_that_take_place(now):
    campaign = steps.campaign(places=10)
    slot = steps.slot(campaign)
    past = steps.later_slot(campaign)
    Slot.objects.filter(pk=past.pk).update(starts_at=now - timedelta(hours=1))
    second = factories.session(days=2, places=7)
    third = factories.session(days=3, places=5)
    campaign.sessions.add(second, third)
    Session.objects.filter(pk=third.pk).update(state="cancelled")
    steps.confirmed(slot, now)
    row = listing.with_places(Campaign.objects.all(), now).get()
    assert (row.places, row.free) == (17, 16)
    assert row.next_id == slot.session_id


def test_two_campaigns_of_one_session_share_its_places(now):
    first = steps.campaign(places=4)
    second = steps.campaign(places=6)
    second.sessions.set(first.sessions.all())
    assert {row.free for row in listing.coming(now)} == {4}


def test_nearest_sorts_by_distance_then_by_day(now):
    near = steps.campaign(days=5, name_en="near")
    far = steps.campaign(days=1, name_en="far")
    agadir = Province.objects.get(code="MA-AGD")
    far.sessions.update(latitude=agadir.latitude, longitude=agadir.longitude)
    taza = Province.objects.get(code="MA-TAZ")
    cards = listing.nearest(taza, now)
    assert [card.campaign for card in cards] == [near, far]
    assert cards[0].away < 10 < 500 < cards[1].away
    assert [card.campaign for card in listing.nearest(None, now)] == [far, near]


def test_on_day_is_a_day_in_morocco(now):
    campaign = steps.campaign()
    day = campaign.planned_on
    late = now.replace(hour=23, minute=30) + timedelta(days=2)
    campaign.sessions.update(starts_at=late, ends_at=late + timedelta(hours=2))
    rows = listing.coming(now)
    assert not listing.on_day(rows, day).exists()
    assert listing.on_day(rows, timezone.localdate(late)).exists()


def test_standing_says_what_a_stranger_may_do(now):
    campaign = steps.campaign(places=1)

    def state():
        campaign.refresh_from_db()
        return listing.standing(campaign, listing.days(campaign, now))

    assert state() == "free"
    steps.fill(steps.slot(campaign), now)
    assert state() == "full"
    Slot.objects.update(starts_at=now - timedelta(minutes=1))
    assert state() == "no times"
    Session.objects.update(state="closed")
    assert state() == "over"
    Session.objects.update(state="cancelled")
    assert state() == "cancelled"


def test_times_are_free_ahead_and_of_this_campaign(now):
    campaign = steps.campaign(places=1)
    steps.campaign(days=2)
    other = steps.later_slot(campaign)
    assert list(bookable.of(campaign, now)) == [steps.slot(campaign), other]
    steps.fill(steps.slot(campaign), now)
    assert list(bookable.of(campaign, now)) == [other]
    assert list(bookable.of(campaign, other.starts_at)) == []


def test_times_beside_are_the_campaigns_or_the_sessions(now):
    campaign = steps.campaign()
    slot = steps.slot(campaign)
    bare = factories.session(days=2)
    campaign.sessions.add(factories.session(days=3))
    assert bookable.beside(slot, now).count() == 2
    assert list(bookable.beside(bare.slots.get(), now)) == [bare.slots.get()]


def test_story_falls_back_to_the_language_it_was_written_in():
    campaign = steps.campaign(story_fr="Pour les rescapés")
    assert listing.story(campaign) == listing.Story("Pour les rescapés", "fr")
    campaign.story_en = "For the survivors"
    assert listing.story(campaign).language == "en"
