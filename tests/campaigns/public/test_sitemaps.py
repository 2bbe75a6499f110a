"""Sitemaps: every public page in three languages, and no personal page."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.organising import drives
from tests.support import asking

pytestmark = pytest.mark.django_db


def test_sitemap_lists_public_pages_in_three_languages(client, reference):
    campaign, hidden = asking.confirmed(), asking.draft()
    parts = re.findall(r"<loc>[^<]*(/sitemap-[^<]+)</loc>", client.get("/sitemap.xml").text)
    assert set(parts) == {f"/sitemap-{part}.xml" for part in ("pages", "centres", "campaigns")}
    found = "".join(client.get(part).text for part in parts)
    for language in ("ar", "fr", "en"):
        assert f"/{language}/campaigns/{campaign.public_id}/" in found
        assert f"/{language}/stock/" in found and f'hreflang="{language}"' in found
    assert str(hidden.public_id) not in found and "x-default" in found
    assert "/desk/" not in found and "/memos/" not in found


def test_robots_are_told_where_to_look(client, db):
    text = client.get("/robots.txt").text
    assert "/sitemap.xml" in text and "Disallow: /ar/account/" in text
    assert not client.get("/robots.txt").cookies


def data(page: str) -> list[dict]:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


def test_campaign_is_told_as_an_event(client, reference):
    campaign = asking.confirmed()
    url = f"/fr/campaigns/{campaign.public_id}/"
    page = client.get(url).text
    (event,) = data(page)
    assert event["@type"] == "Event" and event["name"] == campaign.name_fr
    assert event["remainingAttendeeCapacity"] == 28 and event["url"].endswith(url)
    starts_at = campaign.sessions.get().starts_at
    assert event["startDate"] == timezone.localtime(starts_at).isoformat()
    assert event["startDate"] < event["endDate"] and event["location"]["geo"]["latitude"]
    assert 'property="og:title"' in page
    drives.cancel(campaign=campaign, because="Flood", by=campaign.drafted_by, now=asking.now())
    assert data(client.get(url).text)[0]["eventStatus"].endswith("EventCancelled")


def test_text_of_a_campaign_does_not_end_its_data(reference):
    campaign = asking.confirmed()
    drives.tell(campaign=campaign, name_en="</script><b>&")
    page = Client().get(f"/en/campaigns/{campaign.public_id}/").text
    assert data(page)[0]["name"] == "</script><b>&"
