from datetime import timedelta

import pytest
from django.urls import reverse

from centers.models import Movement
from tests.support import appealing, blood, factories
from tests.support import booking as steps
from tests.support.owner import past_the_guards
from tests.support.shelves import call, level

pytestmark = pytest.mark.django_db

HOME, LIST, STOCK, HOW = (f"/en/{path}" for path in ("", "campaigns/", "stock/", "how/"))


def page(campaign, name="detail") -> str:
    return reverse(f"campaigns:campaign-{name}", args=[campaign.public_id])


@pytest.fixture
def campaign(reference):
    return steps.campaign()


def public_paths(campaign) -> list[str]:
    return [
        HOME,
        LIST,
        STOCK,
        HOW,
        page(campaign),
        page(campaign, "qr"),
        page(campaign, "calendar"),
    ]


def test_pages_are_open_to_a_stranger_without_a_cookie(client, campaign):
    for path in public_paths(campaign):
        response = client.get(path)
        assert response.status_code == 200, path
        assert not response.cookies, path
        assert response["Cache-Control"].startswith("public, max-age=3"), path


def test_pages_unchanged_cost_a_304(client, campaign):
    for path in public_paths(campaign):
        tag = client.get(path)["ETag"]
        assert client.get(path, headers={"if-none-match": tag}).status_code == 304, path


def test_pages_of_somebody_signed_in_are_kept_by_no_shared_cache(client, campaign, settings):
    settings.DEMO = True
    client.force_login(factories.user())
    for path in public_paths(campaign):
        assert "private" in client.get(path)["Cache-Control"]


def test_pages_are_read_only(client, campaign):
    for path in public_paths(campaign):
        assert client.post(path).status_code == 405


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_pages_are_there_in_each_language(client, campaign, language):
    for path in public_paths(campaign):
        response = client.get(path.replace("/en/", f"/{language}/", 1))
        assert response.status_code == 200
        if "html" in response["Content-Type"]:
            assert f'<html lang="{language}"' in response.text


@pytest.mark.parametrize("state", ["asked", "declined"])
def test_a_campaign_that_is_not_confirmed_is_seen_by_nobody(client, reference, state):
    hidden = steps.campaign(state=state, name_en="A secret plan")
    for name in ("detail", "qr", "calendar"):
        assert client.get(page(hidden, name)).status_code == 404
    for path in (HOME, LIST):
        assert "A secret plan" not in client.get(path).text


def test_pages_show_no_person(client, campaign, now):
    donor = steps.confirmed(steps.slot(campaign), now).donor
    for path in public_paths(campaign):
        text = client.get(path).text
        assert donor.family_name not in text and "salma@" not in text


# List


def test_list_shows_places_left_organiser_and_centre(client, campaign, now):
    steps.confirmed(steps.slot(campaign), now)
    text = client.get(LIST).text
    assert "9 of 10 places left" in text and "1 campaign" in text and "Counted today" in text
    assert campaign.unit.name in text and campaign.center.name in text


def test_list_narrows_by_province_day_and_free_places(client, reference, now):
    full = steps.campaign(places=1, name_en="The full one")
    steps.fill(steps.slot(full), now)
    free = steps.campaign(days=4, name_en="The free one")
    text = client.get(LIST, {"free": "on"}).text
    assert "The free one" in text and "The full one" not in text
    text = client.get(LIST, {"on": free.planned_on.isoformat()}).text
    assert "The free one" in text and "The full one" not in text
    assert "No campaign fits" in client.get(LIST, {"province": "MA-AGD"}).text
    assert "The full one" in client.get(LIST, {"province": "MA-TAZ"}).text


@pytest.mark.parametrize(
    "wrong", [{"on": "32/13/2027"}, {"province": "XX"}, {"page": "x"}, {"page": "-1"}, {"on": "\0"}]
)
def test_list_bears_a_wrong_choice(client, campaign, wrong):
    response = client.get(LIST, wrong)
    assert response.status_code == 200 and "Campaign of Taza" in response.text


def test_list_keeps_a_wrong_day_and_says_how_to_write_it(client, campaign):
    text = client.get(LIST, {"on": "32/13/2027", "free": "on"}).text
    assert "day, month and year" in text and "32/13/2027" in text


def test_list_pages_keep_the_choice(client, reference):
    for _number in range(25):
        steps.campaign()
    text = client.get(LIST, {"free": "on"}).text
    assert 'href="?free=on&amp;page=2"' in text
    assert client.get(LIST, {"free": "on", "page": 2}).text.count("<h3>") == 1


def test_list_costs_the_same_queries_for_any_number(
    client, campaign, django_assert_max_num_queries
):
    for _number in range(4):
        steps.campaign()
    with django_assert_max_num_queries(6):
        client.get(LIST)


def test_list_shows_a_cancelled_one_until_its_day(client, reference):
    steps.campaign(state="cancelled", because="Heavy snow")
    text = client.get(LIST).text
    assert "Cancelled" in text and "Heavy snow" in text and "places left" not in text


# Stock and guidance


def test_stock_shows_days_of_cover_with_its_age(client, reference, now):
    bags = [blood.red_cells() for _number in range(2)]
    from tests.centers.inventory.test_stock import issue

    issue(bags[0])
    with past_the_guards():  # the day of today is not over: it does not count yet
        moved = Movement.objects.filter(to_state="issued")
        assert moved.update(at=now - timedelta(days=2)) == 1
    text = client.get(STOCK).text
    assert "90.0" in text and "Enough" in text and "just now" in text
    assert factories.center().name in text


def test_stock_of_the_country_is_as_old_as_its_oldest_figure(client, reference, now):
    level("BS-TAZ", "O+", now, available=3, age=timedelta(days=4))
    level("CRTS-RAB", "O+", now, available=3, age=timedelta(hours=1))
    text = client.get(STOCK).text
    country = text[text.index("The whole country") : text.index("By centre")]
    assert "4 days ago" in country and "1 hour ago" not in country


def test_stock_of_nobody_says_what_will_stand_here(client, reference):
    assert "No centre has entered stock yet" in client.get(STOCK).text


def test_how_gives_the_bounds_and_marks_what_is_not_confirmed(client, reference):
    text = client.get(HOW).text
    for said in ("18", "45 minutes", "law 03-94", "Reasons to wait for a time", "not confirmed"):
        assert said in text, said


def test_how_writes_numbers_as_the_language_does(client, reference):
    assert "37.5 °C" in client.get(HOW).text and "450 mL" in client.get(HOW).text
    assert "37,5 °C" in client.get("/fr/how/").text


def test_how_and_stock_cost_few_queries(client, reference, now, django_assert_max_num_queries):
    for group in ("O+", "A+", "B+"):
        level("BS-TAZ", group, now, available=3)
    with django_assert_max_num_queries(6):
        client.get(STOCK)
    with django_assert_max_num_queries(2):
        client.get(HOW)


# An appeal


def test_appeal_is_public_without_a_cookie_and_may_be_kept_shortly(client, reference, now):
    response = client.get(reverse("campaigns:appeal-public", args=[call(now).public_id]))
    assert response["Cache-Control"].startswith("public, max-age=3") and not response.cookies
    assert "Counted today at" in response.text


def test_appeal_of_a_full_centre_asks_nobody_to_come(client, reference, now):
    appeal = call(now)
    path = reverse("campaigns:appeal-public", args=[appeal.public_id])
    assert "Every place of this centre is taken" in client.get(path).text
    appealing.places(now, free=3)
    assert "you may still take a free place" in client.get(path).text
