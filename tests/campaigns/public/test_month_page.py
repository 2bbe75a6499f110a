from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.models import Session
from tests.support import booking as steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(reference):
    return steps.campaign(days=1)


def page() -> str:
    return reverse("campaigns:campaign-month")


def day_of(campaign):
    return timezone.localdate(campaign.sessions.get().starts_at)


def test_day_leads_to_its_campaigns_with_their_free_places(client, campaign):
    on = day_of(campaign)
    text = client.get(page(), {"month": f"{on:%Y-%m}"}).text
    assert f"on={on:%Y-%m-%d}" in text and "1 campaign" in text and "10 places left" in text


def test_full_day_says_so(client, campaign, now):
    steps.fill(steps.slot(campaign), now)
    text = client.get(page(), {"month": f"{day_of(campaign):%Y-%m}"}).text
    assert "Full" in text


def test_day_of_no_campaign_leads_nowhere(client, reference):
    campaign = steps.campaign(state="asked")
    text = client.get(page(), {"month": f"{day_of(campaign):%Y-%m}"}).text
    assert "on=2" not in text


def test_cancelled_day_says_so_and_leads_to_it(client, campaign):
    Session.objects.update(state="cancelled", cancelled_because="Snow")
    on = day_of(campaign)
    text = client.get(page(), {"month": f"{on:%Y-%m}"}).text
    assert f"on={on:%Y-%m-%d}" in text and "1 cancelled" in text and "Full" not in text
    text = client.get(reverse("campaigns:campaign-list"), {"on": str(on)}).text
    assert "Campaign of Taza" in text and "Cancelled" in text and "Snow" in text


@pytest.mark.parametrize("typed", ["", "x", "2026-13", "0000-00", "1999-01", "9999-12", "2026-1-1"])
def test_month_of_no_sense_shows_one_that_may_be_looked_at(client, reference, today, typed):
    response = client.get(page(), {"month": typed})
    assert response.status_code == 200
    shown = response.context["month"].first
    assert today.replace(day=1) <= shown <= today.replace(day=1) + timedelta(days=366)


def test_filter_narrows_the_month_and_stays_in_its_links(client, campaign):
    on = day_of(campaign)
    text = client.get(page(), {"province": "MA-AGD", "month": f"{on:%Y-%m}"}).text
    assert "1 campaign" not in text and "province=MA-AGD&amp;month=" in text


def test_month_costs_the_same_queries_for_any_number(
    client, campaign, django_assert_max_num_queries
):
    for day in (2, 3, 4):
        steps.campaign(days=day)
    with django_assert_max_num_queries(6):
        client.get(page())
