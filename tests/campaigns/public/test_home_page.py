"""Is blood needed near me, and where do I go?"""

import dataclasses
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from campaigns.agenda import week
from campaigns.public import blood_need
from centers.inventory import stock_levels
from centers.inventory.stock_levels import Level
from centers.models import Component, Floor, Slot
from donors.models import Province
from tests.support import booking as steps
from tests.support import factories
from tests.support.shelves import call, level

pytestmark = pytest.mark.django_db
HOME = "/en/"


@pytest.fixture
def campaign(reference):
    return steps.campaign()


def test_home_says_what_the_nearest_centre_needs_and_how_old_that_is(client, campaign, now):
    level("BS-TAZ", "O-", now, available=0, age=timedelta(hours=3))
    floor_of("BS-TAZ", "O-")
    text = client.get(HOME, {"province": "MA-TAZ"}).text
    assert "Yes, blood is needed:" in text and "O−" in text
    assert factories.center().name in text and "3 hours ago" in text


def floor_of(code, group):
    return Floor.objects.create(
        center=factories.center(code),
        component=Component.objects.get(code="RBC-SAGM"),
        blood_group=group,
        routine=2,
        relief=0,
        ceiling=5,
    )


def test_home_does_not_call_for_somebody_elses_need(client, campaign, now):
    level("BS-TAZ", "O+", now, available=50)
    call(now, code="CRTS-AGD")
    text = client.get(HOME, {"province": "MA-TAZ"}).text
    assert "Not urgently today" in text and "calling further away" in text
    text = client.get(HOME, {"province": "MA-AGD"}).text
    assert "Yes: centres are calling for blood" in text
    assert "Yes: centres are calling for blood" in client.get(HOME).text


def test_home_shows_the_nearest_free_campaign_first(client, campaign, now):
    far = steps.campaign(days=0, name_en="Campaign far away")
    agadir = Province.objects.get(code="MA-AGD")
    far.sessions.update(province=agadir, latitude=agadir.latitude, longitude=agadir.longitude)
    text = client.get(HOME, {"province": "MA-TAZ"}).text
    assert text.index("Campaign of Taza") < text.index("Campaign far away")
    assert "km away" in text
    text = client.get(HOME).text
    assert text.index("Campaign far away") < text.index("Campaign of Taza")


def test_home_keeps_the_province_and_bears_a_wrong_one(client, campaign):
    assert 'value="MA-TAZ" selected' in client.get(HOME, {"province": "MA-TAZ"}).text
    for wrong in ("XX", "\0", "'", "MA-TAZ'--", "x" * 3000):
        response = client.get(HOME, {"province": wrong})
        assert response.status_code == 200 and "Next campaigns" in response.text


def test_home_of_an_empty_country_says_how_to_begin(client, reference):
    text = client.get(HOME).text
    assert "No figure of the stock is known yet" in text
    assert "No campaign with free places is planned" in text


def test_home_shows_no_full_campaign(client, reference, now):
    full = steps.campaign(places=1)
    steps.fill(steps.slot(full), now)
    assert "Campaign of Taza" not in client.get(HOME).text


def test_home_costs_the_same_queries_for_any_number(
    client, campaign, now, django_assert_max_num_queries
):
    for number, group in enumerate(("O+", "A+", "B+")):
        level("BS-TAZ", group, now, available=number)
        call(now, group)
        steps.campaign(days=number + 2)
    for asked in ({}, {"province": "MA-TAZ"}):
        with django_assert_max_num_queries(13):
            client.get(HOME, asked)


def test_home_leads_to_the_days_that_have_a_free_place(client, campaign, now):
    day = f"{timezone.localdate(campaign.sessions.get().starts_at)}"
    text = client.get(HOME, {"province": "MA-TAZ"}).text
    assert f"?free=on&amp;province=MA-TAZ&amp;on={day}" in text
    assert text.count("no place") == week.DAYS - 1
    elsewhere = client.get(HOME, {"province": "MA-AGD"}).text
    assert f'?free=on&amp;on={day}"' in elsewhere  # the country, where the province has no place


def test_home_shows_calls_then_days_then_campaigns(client, campaign, now):
    call(now, code="BS-TAZ")
    text = client.get(HOME).text
    parts = ["calling now", "Your province", 'class="week"', "Campaign of Taza", "Red cells"]
    places = [text.find(part) for part in parts]
    assert places[:-1] == sorted(places[:-1]) and -1 not in places[:-1]


def test_menu_of_the_public_is_not_on_the_pages_of_work(client, campaign):
    menu = f'<a href="{reverse("campaigns:how")}" aria-current'
    assert menu in client.get(HOME).text
    client.force_login(factories.staff(campaign.center, "manager"))
    desk = client.get(reverse("campaigns:desk")).text
    assert menu not in desk and reverse("campaigns:desk") in desk


def test_stock_is_a_bar_of_its_days_against_alarm_and_aim(client, campaign, now):
    level("BS-TAZ", "O-", now, available=9)
    levels = stock_levels.levels(now=now, center=factories.center())
    context = {"levels": [replaced(levels[0])], "heading": "Taza"}
    shown = render_to_string("campaigns/public/_levels.html", context)
    assert 'width="30"' in shown and 'class="stock-bar warn"' in shown
    assert 'x1="20"' in shown and 'x1="70"' in shown and "<bdi>3.0</bdi>" in shown


def replaced(one):
    return dataclasses.replace(one, cover=3.0, floor=None)


def test_home_answers_from_open_appeals_first_and_leads_to_the_centre(client, campaign, now):
    level("BS-TAZ", "O+", now, available=50)
    call(now, "A-")
    text = client.get(HOME, {"province": "MA-TAZ"}).text
    assert "Yes: centres are calling for blood" in text and "Not urgently" not in text
    assert text.index('href="/en/centres/BS-TAZ/"') < text.index("Opened")


@pytest.mark.parametrize(
    ("cover", "called", "state"),
    [
        (14.0, False, "good"),
        (14.0, True, "bad"),
        (6.9, False, "warn"),
        (1.9, False, "bad"),
        (None, False, "quiet"),
    ],
)
def test_needed_is_said_by_appeal_and_cover_and_not_by_the_floor(cover, called, state):
    floor = Floor(routine=50, relief=20, ceiling=90)
    figures = dict.fromkeys(("quarantined", "reserved", "in_transit"), 0)
    group = {"center": None, "blood_group": "O+", "available": 40, "as_of": None}
    shown = blood_need.Shown(Level(**group, **figures, cover=cover, floor=floor), called)
    assert shown.state == state


def test_one_rule_says_whether_one_may_come_without_a_place(client, campaign, now):
    page = f"/en/campaigns/{campaign.public_id}/"
    centre, api = "/en/centres/BS-TAZ/", f"/api/v1/campaigns/{campaign.public_id}.json"
    yes, no = "come, and wait for a free bed", "please come with a place only"

    def said():
        return [client.get(at).text for at in (page, centre)], client.get(api).json()

    texts, row = said()
    assert all(yes in text for text in texts) and row["sessions"][0]["walk_ins"] is True
    Slot.objects.update(places=1)
    steps.fill(steps.slot(campaign), now)
    cache.clear()
    texts, row = said()
    assert all("do not come without one" in text and yes not in text for text in texts)
    assert row["sessions"][0]["walk_ins"] is False
    call(now)
    cache.clear()
    assert all(no in text and yes not in text for text in said()[0])
