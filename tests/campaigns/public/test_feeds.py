from xml.etree import ElementTree

import pytest
from django.urls import reverse
from icalendar import Calendar

from centers.models import Session
from tests.support import booking as steps
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def campaign(reference):
    return steps.campaign()


def calendar(client, name: str, code: str) -> Calendar:
    return Calendar.from_ical(client.get(reverse(f"campaigns:{name}", args=[code])).text)


@pytest.mark.parametrize(
    ("name", "code"),
    [("unit-calendar", "SR-TAZ"), ("unit-calendar", "DGSN"), ("center-calendar", "BS-TAZ")],
)
def test_calendar_follows_a_unit_with_those_under_it_or_a_centre(client, campaign, name, code):
    (event,) = calendar(client, name, code).walk("VEVENT")
    assert str(event["SUMMARY"]) == campaign.name
    assert str(event["STATUS"]) == "CONFIRMED"


@pytest.mark.parametrize(
    ("name", "code"), [("unit-calendar", "SR-HOC"), ("center-calendar", "CRTS-AGD")]
)
def test_calendar_of_others_has_no_such_campaign(client, campaign, name, code):
    assert calendar(client, name, code).walk("VEVENT") == []


def test_calendar_tells_a_cancelled_day_under_the_same_key(client, campaign):
    (before,) = calendar(client, "unit-calendar", "SR-TAZ").walk("VEVENT")
    Session.objects.update(state="cancelled", cancelled_because="Snow")
    campaign.state, campaign.because = "cancelled", "Snow"
    with owner():
        campaign.save()
    (after,) = calendar(client, "unit-calendar", "SR-TAZ").walk("VEVENT")
    assert before["UID"] == after["UID"] and after["SEQUENCE"] > before["SEQUENCE"]
    assert str(after["STATUS"]) == "CANCELLED"


def test_calendar_unchanged_is_the_same_to_the_byte(client, campaign):
    path = reverse("campaigns:unit-calendar", args=["SR-TAZ"])
    first = client.get(path)
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", ["unit-calendar", "center-calendar"])
def test_calendar_of_nobody_is_not_there(client, reference, name):
    assert client.get(reverse(f"campaigns:{name}", args=["NO-SUCH"])).status_code == 404


@pytest.mark.parametrize("state", ["asked", "declined"])
def test_feeds_show_no_campaign_that_is_not_public(client, reference, state):
    hidden = steps.campaign(state=state)
    assert calendar(client, "unit-calendar", "SR-TAZ").walk("VEVENT") == []
    for name in ("campaign-feed", "framed"):
        assert hidden.name not in client.get(reverse(f"campaigns:{name}")).text


def test_atom_feed_is_found_from_the_list_and_whole(client, campaign):
    path = reverse("campaigns:campaign-feed")
    assert path in client.get(reverse("campaigns:campaign-list")).text
    response = client.get(path)
    assert response["Content-Type"].startswith("application/atom+xml") and not response.cookies
    feed = ElementTree.fromstring(response.content)  # noqa: S314 - our own answer
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == campaign.name
    assert str(campaign.public_id) in entry.find(f"{ATOM}id").text
    assert str(campaign.public_id) in entry.find(f"{ATOM}link").get("href")


def test_frame_may_stand_in_any_page_and_other_pages_in_none(client, campaign):
    framed = client.get(reverse("campaigns:framed"), {"center": "BS-TAZ"})
    assert campaign.name in framed.text and "X-Frame-Options" not in framed
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert len(framed.content) < 30_000 and "<script" not in framed.text
    home = client.get(reverse("campaigns:home"))
    assert home["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in home["Content-Security-Policy"]


def test_frame_of_a_place_without_campaigns_says_so(client, campaign):
    text = client.get(reverse("campaigns:framed"), {"province": "MA-AGD"}).text
    assert "No campaign is planned here" in text


def test_page_for_programs_names_addresses_that_answer(client, campaign):
    page = client.get(reverse("campaigns:developers"))
    for name in ("api", "example", "points", "stock", "feed", "frame", "unit", "center"):
        address = page.context[name]
        assert address in page.text.replace("&amp;", "&")
        assert client.get(address.replace("http://testserver", "")).status_code == 200


def cancelled_day(campaign):
    Session.objects.filter(campaigns=campaign).update(state="cancelled", cancelled_because="Snow")


def moved_day(campaign, now):
    session = campaign.sessions.get()
    with owner():
        Session.objects.filter(pk=session.pk).update(
            moves=1, moved_at=now, was_at=session.starts_at, was_en="Old hall", was_ar="ق"
        )


def test_a_day_cancelled_under_an_open_campaign_stays_in_plain_sight(client, campaign):
    (before,) = calendar(client, "unit-calendar", "SR-TAZ").walk("VEVENT")
    cancelled_day(campaign)
    own = reverse("campaigns:campaign-calendar", args=[campaign.public_id])
    for text in (client.get(own).text, client.get(calendar_of("SR-TAZ")).text):
        (after,) = Calendar.from_ical(text).walk("VEVENT")
        assert after["UID"] == before["UID"] and after["SEQUENCE"] > before["SEQUENCE"]
        assert str(after["STATUS"]) == "CANCELLED"
    for name in ("home", "campaign-list", "campaign-map", "campaign-month", "framed"):
        text = client.get(reverse(f"campaigns:{name}")).text
        assert campaign.name in text and "Cancelled" in text, name
    assert f"Cancelled: {campaign.name}" in client.get(reverse("campaigns:campaign-feed")).text
    assert "EventCancelled" in client.get(f"/en/campaigns/{campaign.public_id}/").text
    (row,) = client.get(reverse("api-campaigns")).json()["campaigns"]
    assert row["sessions"][0]["state"] == "cancelled"
    assert row["sessions"][0]["cancelled_because"] == "Snow"


def calendar_of(code: str) -> str:
    return reverse("campaigns:unit-calendar", args=[code])


def test_a_moved_day_says_from_where(client, campaign, now):
    moved_day(campaign, now)
    for name in ("home", "campaign-list", "campaign-map", "campaign-month", "framed"):
        text = client.get(reverse(f"campaigns:{name}")).text
        assert "it was planned for" in text and "Old hall" in text, name
    assert f"Moved: {campaign.name}" in client.get(reverse("campaigns:campaign-feed")).text
    assert "EventRescheduled" in client.get(f"/en/campaigns/{campaign.public_id}/").text
    (row,) = client.get(reverse("api-campaigns")).json()["campaigns"]
    assert row["sessions"][0]["moved_from"]["place"]["en"] == "Old hall"
