"""The public page of one campaign, for an anonymous reader."""

from datetime import timedelta

import pytest
from django.urls import reverse

from centers.models import Session, Slot
from tests.support import blood, factories
from tests.support import booking as steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(reference):
    return steps.campaign()


def page(campaign, name="detail") -> str:
    return reverse(f"campaigns:campaign-{name}", args=[campaign.public_id])


def test_campaign_tells_what_a_stranger_asks(client, reference, now):
    campaign = steps.campaign(operation=steps.operation(), story_en="For those under the tents.")
    text = client.get(page(campaign)).text
    for said in (
        "10 places left",
        "Al Haouz earthquake",
        "For those under the tents.",
        campaign.unit.name,
        campaign.center.name,
        "0 places booked; 100 donations are hoped for",
        "Counted today at",
        "openstreetmap.org/?mlat=",
        'href="geo:',
        page(campaign, "calendar"),
        "Your identity card",
    ):
        assert said in text, said


def test_poster_bears_days_place_and_the_way_to_book_and_no_count(client, reference):
    campaign = steps.campaign()
    path = reverse("campaigns:campaign-poster", args=[campaign.public_id])
    text = client.get(path).text
    assert campaign.name in text and "qr.svg" in text and "places left" not in text
    assert steps.slot(campaign).session.name in text and "voluntary" in text
    hidden = steps.campaign(state="asked")
    assert (
        client.get(path.replace(str(campaign.public_id), str(hidden.public_id))).status_code == 404
    )


def test_campaign_story_is_shown_in_the_language_it_was_written_in(client, reference):
    campaign = steps.campaign(story_ar="من أجل الناجين")
    assert '<p lang="ar" dir="auto">من أجل الناجين' in client.get(page(campaign)).text


def test_campaign_counts_donations_from_five_on(client, reference, now):
    campaign = steps.campaign(days=0)
    by = factories.staff(campaign.center, "collection")
    for _number in range(4):
        blood.give(factories.visit(campaign.sessions.get(), factories.donor(), by))
    assert "donations so far" not in client.get(page(campaign)).text
    blood.give(factories.visit(campaign.sessions.get(), factories.donor(), by))
    assert "5 donations so far" in client.get(page(campaign)).text


def test_campaign_full_says_so_and_leads_elsewhere(client, campaign, now):
    steps.fill(steps.slot(campaign), now)
    text = client.get(page(campaign)).text
    assert "Every place that can be booked is taken" in text and "free=on" in text
    assert "Book a place" not in text


def test_campaign_after_its_last_time_is_not_called_full(client, reference, now):
    campaign = steps.campaign(days=0)
    Slot.objects.update(starts_at=now - timedelta(minutes=5))
    text = client.get(page(campaign)).text
    assert "The last time that can be booked is over" in text
    assert "Every place" not in text


def test_campaign_whose_only_session_is_cancelled_says_so(client, campaign):
    Session.objects.update(state="cancelled", cancelled_because="Heavy snow")
    text = client.get(page(campaign)).text
    assert "This campaign is cancelled" in text and "Heavy snow" in text
    assert "Book a place" not in text


def test_campaign_cancelled_or_over_keeps_its_page(client, reference, now):
    cancelled = steps.campaign(state="cancelled", because="Heavy snow")
    assert "Heavy snow" in client.get(page(cancelled)).text
    over = steps.campaign(state="closed")
    over.sessions.update(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    text = client.get(page(over)).text
    assert "This campaign is over" in text and "What came of it" in text
    assert "Fewer than five donations" in text and "booked" not in text
    assert page(over, "poster") not in text
    assert client.get(page(over, "calendar")).status_code == 404


def test_campaign_costs_the_same_queries_for_any_number(
    client, campaign, django_assert_max_num_queries
):
    for number in range(4):
        campaign.sessions.add(factories.session(days=number + 2))
    with django_assert_max_num_queries(6):
        client.get(page(campaign))


def test_campaign_of_no_such_address_is_not_there(client, reference):
    assert client.get("/en/campaigns/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert client.get("/en/campaigns/1/").status_code == 404
