"""The read API answers as its description says."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from campaigns.public import openapi
from tests.support import booking as steps
from tests.support.shelves import level

pytestmark = pytest.mark.django_db
LISTS = ["api-campaigns", "api-campaign-points"]
ALL = [*LISTS, "api-centres", "api-centre-points", "api-stock", "api-document"]


@pytest.fixture
def campaign(reference):
    return steps.campaign(operation=steps.operation())


def fits(answer: dict, schema: str) -> None:
    whole = openapi.document() | {"$ref": f"#/components/schemas/{schema}"}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(answer)


def promised(path: str) -> tuple[str, str]:
    """The schema and media type that the description names for a path of the API."""
    relative = path.removeprefix("/api/v1").split("?")[0]
    ok = openapi.document()["paths"][relative]["get"]["responses"]["200"]["content"]
    media, content = next(iter(ok.items()))
    return content["schema"]["$ref"].rsplit("/", 1)[1], media


def test_schemas_are_schemas():
    for schema in openapi.SCHEMAS.values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", [n for n in ALL if n != "api-document"])
def test_answers_fit_their_description(client, campaign, now, name):
    level("BS-TAZ", "O+", now, available=12)
    response = client.get(reverse(name))
    schema, media = promised(reverse(name))
    assert response["Content-Type"] == media
    fits(json.loads(response.text), schema)


@pytest.mark.parametrize("state", ["confirmed", "cancelled", "closed"])
def test_one_campaign_fits_its_description(client, reference, state):
    campaign = steps.campaign(state=state)
    answer = client.get(reverse("api-campaign", args=[campaign.public_id])).json()
    fits(answer, "Campaign")
    assert answer["state"] == state and answer["name"]["fr"] == "Campagne de Taza"


def test_description_names_every_route_and_no_other(client, db):
    served = {
        "/" + str(pattern.pattern).replace("<uuid:public_id>", "{id}")
        for pattern in __import__("campaigns.public.feed_urls", fromlist=["API"]).API
    }
    described = client.get(reverse("api-document")).json()["paths"]
    assert served == {*described, "/openapi.json"}


@pytest.mark.parametrize("name", ALL)
def test_any_site_may_read_and_nothing_is_left_behind(client, campaign, name):
    response = client.get(reverse(name), headers={"origin": "https://news.example"})
    assert response["Access-Control-Allow-Origin"] == "*" and not response.cookies
    assert "public" in response["Cache-Control"]
    again = client.get(reverse(name), headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304 and again["Access-Control-Allow-Origin"] == "*"
    before = client.options(reverse(name), headers={"origin": "https://news.example"})
    assert before.status_code == 204 and "GET" in before["Access-Control-Allow-Methods"]
    assert client.post(reverse(name)).status_code == 405


@pytest.mark.parametrize("state", ["asked", "declined"])
def test_campaign_that_is_not_public_is_nowhere(client, reference, state):
    campaign = steps.campaign(state=state)
    for name in LISTS:
        assert str(campaign.public_id) not in client.get(reverse(name)).text
    response = client.get(reverse("api-campaign", args=[campaign.public_id]))
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    fits(response.json(), "Problem")


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"province": "MA-TAZ"}, 1),
        ({"province": "MA-AGD"}, 0),
        ({"unit": "DGSN"}, 1),
        ({"unit": "SR-HOC"}, 0),
        ({"center": "BS-TAZ"}, 1),
        ({"free": "1"}, 1),
    ],
)
def test_lists_narrow(client, campaign, asked, count):
    for name in LISTS:
        assert client.get(reverse(name), asked).json()["count"] == count


def test_lists_narrow_by_day(client, campaign):
    on = timezone.localdate(campaign.sessions.get().starts_at)
    day, path = timedelta(days=1), reverse("api-campaigns")
    for asked, count in (
        ({"on": on}, 1),
        ({"on": on + day}, 0),
        ({"since": on}, 1),
        ({"since": on + day}, 0),
        ({"until": on}, 1),
        ({"until": on - day}, 0),
    ):
        assert client.get(path, asked).json()["count"] == count, asked


@pytest.mark.parametrize(
    "asked",
    [
        {"province": "Taza"},
        {"unit": "x"},
        {"center": "\0"},
        {"on": "07/03/2027"},
        {"since": "x"},
        {"page": "0"},
        {"page": "x"},
        {"colour": "red"},
    ],
)
def test_bad_parameter_is_told_by_its_name(client, reference, asked):
    response = client.get(reverse("api-campaigns"), asked)
    assert response.status_code == 400
    fits(response.json(), "Problem")
    assert next(iter(asked)) in response.text
    assert "public" not in response.get("Cache-Control", "")


def test_pages_lead_to_each_other(client, campaign, monkeypatch):
    monkeypatch.setattr("campaigns.public.views.public_data.PAGE", 1)
    steps.campaign(days=2)
    first = client.get(reverse("api-campaigns"), {"free": "1"}).json()
    assert first["previous"] is None and "page=2" in first["next"] and "free=1" in first["next"]
    second = client.get(first["next"].replace("http://testserver", "")).json()
    assert second["next"] is None and second["campaigns"] != first["campaigns"]


def test_lists_cost_the_same_queries_for_any_number(
    client, campaign, django_assert_max_num_queries
):
    for day in (2, 3, 4):
        steps.campaign(days=day)
    for name in LISTS:
        with django_assert_max_num_queries(6):
            client.get(reverse(name))


def test_stock_is_told_with_its_age(client, reference, now):
    level("BS-TAZ", "O+", now, available=12)
    answer = client.get(reverse("api-stock")).json()
    assert [one["group"] for one in answer["national"]][:1] == ["O+"]
    assert answer["national"][0]["as_of"]
