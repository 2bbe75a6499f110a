"""Lists of campaigns follow the order of their sessions and read no further than they show."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils import timezone

from campaigns.agenda import listing, map_projection
from campaigns.public import sitemaps
from donors.models import Province
from tests.support import booking as steps
from tests.support import factories
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
LIST, MAP = "/en/campaigns/", "/en/campaigns/map/"


@pytest.fixture(autouse=True)
def _rows(reference):
    pass


def names(rows) -> list[str]:
    return [row.name_en for row in rows]


@pytest.fixture
def two_days(now):
    """A campaign in Taza tomorrow and in Agadir in four days."""
    campaign = steps.campaign(days=1, name_en="two days")
    agadir = Province.objects.get(code="MA-AGD")
    later = factories.session(days=4)
    later.province = agadir
    with owner():
        later.save()
    campaign.sessions.add(later)
    return campaign


def test_campaign_of_two_days_stands_once_at_its_first(two_days, now):
    steps.campaign(days=2, name_en="between")
    assert names(listing.coming(now)) == ["two days", "between"]
    first, _between = listing.coming(now)
    assert first.next_session == two_days.sessions.earliest("starts_at")
    assert first.places == 20


def test_choice_shows_the_day_and_the_place_that_were_chosen(two_days, now):
    first, last = two_days.sessions.order_by("starts_at")
    agadir = listing.within(listing.coming(now), last.province)
    assert [row.next_session for row in agadir] == [last]
    on_last = listing.on_day(listing.coming(now), timezone.localdate(last.starts_at))
    assert [row.next_session for row in on_last] == [last]
    assert not listing.on_day(agadir, timezone.localdate(first.starts_at)).exists()


def test_session_that_is_over_or_cancelled_is_no_stop(two_days, now):
    first, last = two_days.sessions.order_by("starts_at")
    first.state = "cancelled"
    first.save(update_fields=["state"])
    (row,) = listing.coming(now)
    assert (row.next_session, row.places) == (last, 10)


def test_pages_go_on_from_the_coming_to_the_cancelled(now):
    for number in range(3):
        steps.campaign(days=number + 1, name_en=f"coming {number}")
        steps.campaign(
            state="cancelled",
            name_en=f"cancelled {number}",
            planned_on=timezone.localdate(now) + timedelta(days=number),
        )
    every = [f"{state} {number}" for state in ("coming", "cancelled") for number in range(3)]
    assert names(listing.coming(now)) == every
    for size in (1, 2, 4, 5, 7):
        found = [names(page.object_list) for page in Paginator(listing.coming(now), size)]
        assert [name for page in found for name in page] == every
        assert all(len(page) == size for page in found[:-1])


def test_count_ends_where_nobody_reads_on(now):
    for _number in range(4):
        steps.campaign()
    few = replace(listing.coming(now), counted=2)
    assert (few.count(), few.more) == (3, True)
    all_of_them = replace(listing.coming(now), counted=4)
    assert (all_of_them.count(), all_of_them.more) == (4, False)


def test_list_of_very_many_can_be_read_to_its_end(client, monkeypatch, now):
    monkeypatch.setattr(listing, "COUNTED", 2)
    monkeypatch.setattr("campaigns.public.views.public.PAGE", 2)
    for number in range(7):
        steps.campaign(days=number + 1, name_en=f"number {number}")
    text = client.get(LIST).text
    assert "More than 2 campaigns" in text and "Page 1<" in text and 'href="?page=2"' in text
    found = "".join(client.get(LIST, {"page": page}).text for page in range(1, 5))
    assert [number for number in range(7) if f"number {number}" not in found] == []
    last = client.get(LIST, {"page": 4}).text
    assert "7 campaigns" in last and "Page 4 of 4" in last
    for wrong in ("5", "99999", "9" * 30, "-3", "٣", "x"):
        assert client.get(LIST, {"page": wrong}).status_code == 200


@pytest.mark.parametrize("day", [date.min, date.max, date(2020, 2, 29)])
def test_day_that_no_calendar_needs_finds_nothing(client, day):
    steps.campaign()
    for path in (LIST, MAP):
        assert "No campaign fits" in client.get(path, {"on": day.isoformat()}).text


def test_free_only_leaves_out_the_full_and_the_cancelled(now):
    full, free = steps.campaign(places=1), steps.campaign(name_en="free", days=2)
    steps.campaign(state="cancelled")
    steps.fill(steps.slot(full), now)
    assert names(listing.with_a_place(listing.coming(now))) == ["free"]
    steps.slot(free).session.slots.update(starts_at=now - timedelta(minutes=1))
    assert not listing.with_a_place(listing.coming(now)).exists()


def test_map_shows_the_first_of_a_town_and_leads_to_the_others(client, monkeypatch, now):
    monkeypatch.setattr(listing, "MOST_IN_TOWN", 4)
    monkeypatch.setattr(map_projection, "MOST_IN_TOWN", 4)
    monkeypatch.setattr(listing, "SHOWN_IN_TOWN", 2)
    for number in range(3):
        steps.campaign(days=number + 1, name_en=f"number {number}")
    text = client.get(MAP, {"free": "on"}).text
    assert re.search(r">\s*3\s*</text>", text) and "number 1" in text and "number 2" not in text
    assert 'href="/en/campaigns/?free=on&amp;province=MA-TAZ"' in text
    assert "All campaigns in Taza" in text and "places left" not in text
    steps.campaign(days=4)
    steps.campaign(days=5)
    text = client.get(MAP).text
    assert re.search(r">\s*4\+\s*</text>", text) and "campaigns: 4 or more" in text


def test_sitemap_has_each_campaign_once_over_its_sections(client, monkeypatch):
    monkeypatch.setattr(sitemaps.Campaigns, "limit", 6)
    made = [steps.campaign(days=number) for number in range(5)]
    parts = re.findall(
        r"<loc>[^<]*(/sitemap-campaigns[^<]+)</loc>", client.get("/sitemap.xml").text
    )
    assert len(parts) == 3
    found = [re.findall(r"<loc>([^<]+)</loc>", client.get(part).text) for part in parts]
    assert [len(part) for part in found] == [6, 6, 3]
    addresses = {address for part in found for address in part}
    for campaign in made:
        path = reverse("campaigns:campaign-detail", args=[campaign.public_id])
        assert sum(path[3:] in address for address in addresses) == 3
    assert client.get("/sitemap-campaigns.xml?p=4").status_code == 404


def test_sitemap_is_kept_like_a_page(client):
    for path in ("/sitemap.xml", "/sitemap-pages.xml"):
        response = client.get(path)
        assert "public" in response["Cache-Control"] and not response.cookies
