"""POST-only addresses opened with GET."""

import re

import pytest
from django.urls import reverse

from tests.support import asking, factories

pytestmark = pytest.mark.django_db


def test_verb_opened_like_a_page_answers_with_a_sentence(client, reference, settings):
    settings.DEMO = True
    campaign = asking.draft()
    client.force_login(factories.staff(campaign.center, "manager"))
    url = reverse("campaigns:drive-confirm", args=[campaign.public_id])
    answer = client.get(url)
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "Go back to the page" in answer.text


def test_refused_form_leads_to_its_page_in_another_language(client, reference, settings):
    settings.DEMO = True
    campaign = asking.draft()
    client.force_login(factories.staff(campaign.center, "manager"))
    page = reverse("campaigns:drive-detail", args=[campaign.public_id])
    url = reverse("campaigns:drive-decline", args=[campaign.public_id])
    answer = client.post(url, {"because": ""}, headers={"Referer": f"http://testserver{page}"})
    assert re.search(rf'href="{page.replace("/en/", "/fr/")}"\s+lang="fr"', answer.text)
    foreign = client.post(url, {"because": ""}, headers={"Referer": "https://evil.example/x"})
    assert "evil.example" not in foreign.text


def test_page_of_a_workplace_stays_in_no_cache(client, reference, settings):
    settings.DEMO = True
    client.force_login(factories.staff(factories.center(), "reception"))
    for name in ("campaigns:desk", "centers:home"):
        assert client.get(reverse(name))["Cache-Control"] == "private, no-store"
    assert "private" in client.get(reverse("campaigns:home"))["Cache-Control"]
